"""Words of abstracts that become much the same Chinese everywhere: they tell which Chinese sentence renders which English one.

No glossary: nothing is held to these renderings.
"""

import re
from functools import lru_cache

_PAIRS = """
ablation 消融 | accura 准确 精度 精确 | adaptive 自适应 | adversar 对抗 对手 | agent 智能体 代理 | algorithm 算法 |
align 对齐 | analy 分析 解析 | annotat 标注 注释 | application 应用 | approximat 近似 逼近 | architecture 架构 结构 |
attack 攻击 | attention 注意 | audio 音频 | automatic 自动 | baseline 基线 | bayesian 贝叶斯 | benchmark 基准 |
bias 偏 | biolog 生物 | black-box 黑盒 | bound 界 | brain 脑 | break 打破 突破 | calibrat 校准 | camera 相机 摄像 |
cancer 癌 | caus 因果 导致 | challeng 挑战 困难 | citi 城市 | classif 分类 | clinical 临床 | cluster 聚类 簇 集群 |
code 代码 编码 | combin 结合 组合 | commercial 商业 | communicat 通信 沟通 交流 | communit 社区 界 |
compar 比较 相比 对比 | compil 编译 | complex 复杂 | comput 计算 | concept 概念 | conclu 结论 总结 | confidence 置信 |
consisten 一致 | constrain 约束 受限 限制 | context 上下文 语境 情境 背景 | continu 连续 持续 | converge 收敛 |
convex 凸 | correlat 相关 | cost 成本 代价 开销 | countr 国 | crucial 关键 至关重要 | cultur 文化 | data 数据 |
dataset 数据集 | decision 决策 | decod 解码 | deep 深度 | defin 定义 | depend 依赖 | deploy 部署 | design 设计 |
detect 检测 探测 | develop 开发 发展 | device 设备 器件 | diagno 诊断 | differential 微分 差分 | diffusion 扩散 |
dimension 维 | discover 发现 | disease 疾病 病 | distribut 分布 分配 | divers 多样 不同 | document 文档 文件 |
domain 领域 域 | dynamic 动态 动力 | econom 经济 | edge 边缘 边 | educat 教育 | efficien 效率 高效 有效 | embed 嵌入 |
emotion 情感 情绪 | encod 编码 | energ 能量 能源 能耗 | environment 环境 | equation 方程 | equilibri 均衡 平衡 |
error 误差 错误 | estimat 估计 | evaluat 评估 评价 | evidence 证据 | exist 现有 存在 已有 | experiment 实验 试验 |
expert 专家 | explor 探索 探讨 | extract 提取 抽取 | factor 因素 因子 | fair 公平 | feature 特征 | feedback 反馈 |
field 场 领域 | financ 金融 财务 | fine-tun 微调 | flow 流 | forecast 预测 | framework 框架 | frequen 频 |
function 函数 功能 | further 进一步 此外 | game 博弈 游戏 | generali 泛化 推广 广义 一般 | generat 生成 产生 |
gradient 梯度 | graph 图 | group 群 组 | hardware 硬件 | health 健康 医疗 | hidden 隐 | hierarch 层次 分层 |
however 然而 但 不过 | human 人类 人 | hypothes 假设 | image 图像 | implement 实现 实施 | improv 提高 提升 改进 改善 |
independent 独立 | industr 工业 行业 产业 | infer 推理 推断 | interact 交互 互动 相互作用 | interpret 解释 |
introduc 引入 介绍 提出 | investigat 研究 调查 探讨 | knowledge 知识 | label 标签 标注 | language 语言 |
latent 潜 隐 | law 律 法 | layer 层 | learn 学习 | lesion 病变 病灶 | linear 线性 | literature 文献 |
local 局部 本地 | loss 损失 | machine 机器 | market 市场 | matri 矩阵 | mechanism 机制 | medic 医 |
memory 内存 记忆 存储 | method 方法 | metric 指标 度量 | mobile 移动 | model 模型 建模 | modal 模态 | molecul 分子 |
motion 运动 | multipl 多 | network 网络 | neural 神经 | node 节点 | nois 噪声 嘈杂 | nonlinear 非线性 |
notabl 值得注意 显著 | novel 新 | numeric 数值 | object 对象 物体 目标 | observ 观察 观测 | optim 优化 最优 |
paper 本文 论文 文章 | parallel 并行 平行 | parameter 参数 | patient 患者 病人 | pattern 模式 |
perform 性能 表现 执行 | physic 物理 | pipeline 管道 流程 流水线 | planning 规划 | point 点 | polic 策略 政策 |
populat 人口 群体 种群 | precis 精度 精确 | predict 预测 | pretrain 预训练 | price 价格 | privacy 隐私 | probab 概率 |
problem 问题 | process 过程 处理 | program 程序 | propert 性质 属性 特性 | propos 提出 | prove 证明 | provid 提供 |
public 公共 公开 | qualit 质量 定性 | quantum 量子 | question 问题 疑问 | random 随机 | real-world 现实 真实 实际 |
reason 推理 原因 | recent 最近 近期 近年 | recogni 识别 | reconstruct 重建 重构 | reduc 减少 降低 | regress 回归 |
regularity 正则 | reinforcement 强化 | represent 表示 表征 | requir 需要 要求 | research 研究 | resource 资源 |
result 结果 | retriev 检索 | review 综述 评审 | reward 奖励 | risk 风险 | robot 机器人 | robust 鲁棒 稳健 |
sampl 样本 采样 | scal 规模 尺度 扩展 | schedul 调度 | science 科学 | secur 安全 | segment 分割 | semantic 语义 |
sensor 传感 | sequen 序列 顺序 | signal 信号 | significant 显著 重要 | simulat 模拟 仿真 | social 社会 社交 |
software 软件 | solution 解 方案 | source 源 | space 空间 | spatial 空间 | speech 语音 | stabil 稳定 | standard 标准 |
state 状态 | state-of-the-art 最先进 | statistic 统计 | stochastic 随机 | strateg 策略 战略 | structur 结构 |
student 学生 | studie 研究 | study 研究 | survey 调查 综述 | symmetr 对称 | synthetic 合成 | system 系统 | task 任务 |
technique 技术 | technolog 技术 | temporal 时间 时序 | test 测试 检验 | text 文本 | theor 理论 定理 | time 时间 |
token 令牌 词元 标记 | tool 工具 | topolog 拓扑 | traffic 交通 流量 | train 训练 | transfer 迁移 转移 |
transform 变换 转换 | transition 转移 转变 | translat 翻译 | tree 树 | uncertain 不确定 | understand 理解 了解 |
user 用户 | valid 验证 有效 | variable 变量 | variance 方差 | vehicle 车 | video 视频 | vision 视觉 |
visual 视觉 可视 | wave 波 | weight 权重 | word 词
"""
_STEMS: dict[str, frozenset[str]] = {}
"""Chinese → stems of the English words it may render."""
for _row in _PAIRS.split("|"):
    _stem, *_renderings = _row.split()
    for _rendering in _renderings:
        _STEMS[_rendering] = _STEMS.get(_rendering, frozenset()) | {_stem}
_ENGLISH = frozenset[str]().union(*_STEMS.values())
_LONGEST = max(map(len, _ENGLISH))
_SIZES = sorted({len(rendering) for rendering in _STEMS})
_WORD = re.compile(r"[a-z][a-z-]{2,}")


def english_stems(sentence: str) -> set[str]:
    """Stems that words of the sentence begin with."""
    return set[str]().union(*map(_stems_of, set(_WORD.findall(sentence.lower()))))


@lru_cache(maxsize=16384)
def _stems_of(word: str) -> frozenset[str]:
    return frozenset(word[:length] for length in range(3, min(len(word), _LONGEST) + 1) if word[:length] in _ENGLISH)


def chinese_stems(sentence: str) -> set[str]:
    """Stems of the English words the sentence may render."""
    found = set[str]()
    for size in _SIZES:
        found.update({sentence[place : place + size] for place in range(len(sentence) - size + 1)} & _STEMS.keys())
    return set[str]().union(*(_STEMS[rendering] for rendering in found))
