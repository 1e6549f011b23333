"""English words that always have a Chinese one in a paper; left standing in a translation, they were forgotten.

Words the field itself keeps (token, prompt, dropout, agent, transformer, bandit, …) are not here and not to be added.
"""

COMMON = frozenset(
    """
    a about above according accordingly achieve achieved achieves achieving across actually additional additionally
    after against all almost along already also although always among amount an analyze analyzed and another any
    appear applied apply approach approaches are around as aspect aspects assess assume at available based be
    because become before behavior being below best better between beyond both bring broad but by can capable
    careful carefully cause causes certain challenge challenges challenging change changes clear clearly combine
    combined combining common commonly compare compared comparing competitive complex comprehensive conclude conduct
    conducted consider considered consistent consistently contrast contribute contribution contributions could
    crucial current currently data demonstrate demonstrated demonstrates demonstrating depend depends design
    designed despite detail detailed details determine develop developed developing difference different difficult
    directly discuss diverse do does due during each easily effect effective effectively effects efficiency
    efficient efficiently eight either emerging enable enables enabling encourage enhance enhanced enhancing ensure
    ensures entire especially essential essentially establish established evaluate evaluated evaluating even every
    evidence examine example examples existing expensive experiment experimental experiments explain explore
    exploring extensive extensively fail fails feasible few final finally find finding findings first five focus
    focused focusing follow following for four framework from full fully fundamental further furthermore future gap
    general generally get given gives good great greater greatly growing guide handle hard has have having help
    helps hence high higher highlight highly how however idea identify identifying if impact implement
    implementation implications importance important importantly improve improved improvement improvements improves
    improving in include includes including increase increased increases increasing increasingly indicate indicates
    individual information insight insights instead integrate interesting interestingly into introduce introduced
    introduces investigate investigated is issue issues it its itself key knowledge known lack large largely larger
    later lead leading leads less lets level leverage leverages leveraging like limit limitation limitations limited
    limits literature little long low lower made main mainly maintain make makes making many may mean meaningful
    means measure measured method methods might modern more moreover most mostly much multiple must namely natural
    naturally nature necessary need needed needs nevertheless new next nine no not notably novel now numerous
    observe observed obtain obtained of often on once one only open or order other others our out outperform
    outperformed outperforming outperforms outside over overall overcome own paper part particular particularly
    people perform performance performed performs perspective point points poor popular possible potential
    potentially powerful practical practice precise precisely present presented presents previous previously
    primarily principled prior problem problems produce produced promising propose proposed proposes prove proven
    provide provided provides providing purpose quality question questions quickly quite range rapid rapidly rather
    real reason recent recently reduce reduced reduces reducing regarding related relationship relatively relevant
    reliable reliably rely remain remains report require required requirement requires requiring research
    researchers respectively result resulting results reveal reveals rich rigorous robustly role same scenario
    scenarios second section seen series set seven several show showed showing shown shows significant significantly
    similar similarly simple simply simultaneously since single situation six small so solve solving some sometimes
    somewhat specific specifically step steps still strong strongly studied studies study substantial substantially
    success successful successfully such suffer suffers sufficient suggest suggests suitable superior support
    systematic systematically tackle take takes task tasks technique techniques ten terms than that the their them
    then theory there thereby therefore these they thing this those though three through throughout thus time timely
    together too toward towards traditional traditionally two type types typical typically under underlying
    understand understanding understood unfortunately unique unknown unlike until up upon us use used useful user
    users uses using usually valuable various very via was way ways we well were what when where whereas whether
    which while who whole whose why wide widely will with within without work works would yet yield yields you
    """.split()  # noqa: SIM905  a list of one word a line would be 500 lines
)
