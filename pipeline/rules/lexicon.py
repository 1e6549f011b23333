"""Words of abstracts that become much the same Chinese everywhere: they tell which Chinese sentence renders which English one.

No glossary: nothing is held to these renderings.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

_PAIRS = """
abilit 能力 | ablation 消融 | absen 缺乏 缺少 没有 不存在 | absolute 绝对 | abstract 抽象 摘要 | academ 学术 | accelerat 加速 |
accept 接受 接收 | access 访问 获取 | accord 根据 按照 | account 考虑 解释 占 | accura 准确 精度 精确 | achiev 实现 达到 取得 | acoustic 声学 |
acquir 获取 获得 采集 | action 动作 行动 | activ 激活 活动 主动 活跃 | actual 实际 | adapt 适应 适配 | adaptive 自适应 |
addition 此外 另外 额外 附加 加法 | address 解决 应对 处理 针对 地址 | adjust 调整 调节 | advance 进展 进步 推进 先进 | advantage 优势 优点 |
adversar 对抗 对手 | affect 影响 | agent 智能体 代理 | aggregat 聚合 汇总 | aim 旨在 目标 目的 | algorithm 算法 | align 对齐 | allocat 分配 |
allow 允许 使得 能够 | alternativ 替代 另一种 交替 | amount 数量 大量 | amplitude 振幅 幅度 | analy 分析 解析 | annotat 标注 注释 | anomal 异常 |
answer 回答 答案 | appear 出现 似乎 | application 应用 | approach 方法 途径 | appropriate 适当 合适 | approximat 近似 逼近 | arbitrar 任意 |
architecture 架构 结构 | area 领域 区域 面积 | argu 认为 主张 论证 论点 | aris 产生 出现 | artificial 人工 | aspect 方面 | assess 评估 |
assign 分配 指派 | assist 辅助 助手 协助 | associat 关联 相关 联想 | assum 假设 假定 | asymptot 渐近 | atom 原子 | attack 攻击 | attain 达到 实现 |
attempt 尝试 试图 | attention 注意 | attribut 归因 属性 | audio 音频 | augment 增强 扩充 | author 作者 | automatic 自动 | autonom 自主 自动 |
availab 可用 提供 公开 | average 平均 | avoid 避免 | aware 感知 意识 | balanc 平衡 | bandwidth 带宽 | barrier 障碍 壁垒 | base 基于 基础 |
baseline 基线 | basic 基本 基础 | basis 基础 基 | batch 批 | bayesian 贝叶斯 | behavio 行为 | belief 信念 | believ 相信 认为 |
benchmark 基准 | benefit 收益 好处 受益 益处 | better 更好 更优 优于 | bias 偏 | binar 二元 二进制 二值 双 | biolog 生物 | black-box 黑盒 |
block 块 | boost 提升 提高 增强 | bound 界 | boundar 边界 | brain 脑 | branch 分支 | break 打破 突破 | bridg 弥合 桥梁 桥接 | brief 简要 简短 |
broad 广泛 | budget 预算 | build 构建 建立 建筑 | calculat 计算 | calibrat 校准 | camera 相机 摄像 | cancer 癌 | capab 能力 能够 |
capacit 容量 能力 | captur 捕捉 捕获 刻画 | case 情况 案例 情形 病例 | categor 类别 分类 范畴 | caus 因果 导致 | cell 细胞 单元 电池 | center 中心 |
central 核心 中心 | certain 某些 一定 | chain 链 | challeng 挑战 困难 | change 变化 改变 | channel 通道 信道 | character 特征 刻画 表征 字符 |
charge 电荷 充电 | chemi 化学 | child 儿童 | choice 选择 | choos 选择 | circuit 电路 | citi 城市 | claim 声称 主张 断言 | class 类 |
classif 分类 | climate 气候 | clinical 临床 | close 接近 密切 封闭 | cloud 云 | cluster 聚类 簇 集群 | code 代码 编码 | cognit 认知 |
coher 连贯 相干 一致 | collaborat 协作 合作 | collect 收集 采集 集体 集合 | color 颜色 着色 彩色 | column 列 | combin 结合 组合 | commercial 商业 |
common 常见 共同 通用 | communicat 通信 沟通 交流 | communit 社区 界 | compan 公司 企业 | compar 比较 相比 对比 | compatib 兼容 | competi 竞争 |
compil 编译 | complement 补充 互补 | complet 完整 完全 完成 | complex 复杂 | component 组件 成分 分量 组成 | compos 组合 复合 组成 合成 |
comprehensive 全面 综合 | compress 压缩 | compris 包括 包含 组成 | comput 计算 | concentrat 集中 浓度 | concept 概念 | concern 担忧 关注 关于 |
conclu 结论 总结 | condition 条件 | conduct 进行 开展 导电 | confidence 置信 | configur 配置 构型 | confirm 证实 确认 验证 | conflict 冲突 |
conjectur 猜想 | connect 连接 联系 连通 | consequen 因此 后果 结果 | conserv 保守 守恒 | consider 考虑 相当 | consist 组成 包括 一致 |
consisten 一致 | constrain 约束 受限 限制 | construct 构建 构造 | consum 消耗 消费 | contain 包含 含有 | contamin 污染 | content 内容 |
context 上下文 语境 情境 背景 | continu 连续 持续 | contrast 对比 相反 相比 | contribut 贡献 | control 控制 对照 | convention 传统 常规 惯例 |
converge 收敛 | conversation 对话 会话 | convex 凸 | convolution 卷积 | cooperat 合作 协作 | coordinat 协调 坐标 | core 核心 |
corpora 语料 | corpus 语料 | correct 正确 纠正 校正 修正 | correlat 相关 | correspond 对应 相应 | cost 成本 代价 开销 | countr 国 | coupl 耦合 |
cover 覆盖 涵盖 | creat 创建 创造 | criteri 标准 准则 | critical 关键 临界 批判 | cross 跨 交叉 | crucial 关键 至关重要 | cultur 文化 |
curat 整理 精选 策划 | current 当前 目前 现有 电流 | curv 曲线 曲率 | custom 定制 自定义 客户 | cycl 周期 循环 | data 数据 | database 数据库 |
dataset 数据集 | debug 调试 | decad 十年 年代 | decay 衰减 衰变 | decentral 去中心化 分散 | decision 决策 | declin 下降 衰退 | decod 解码 |
decompos 分解 | decreas 减少 降低 下降 递减 | dedicat 专用 专门 | deep 深度 | defin 定义 | degrad 退化 下降 降低 恶化 | degree 度 程度 |
delay 延迟 | deliver 交付 提供 | demand 需求 | demonstrat 证明 表明 展示 演示 | dens 密度 密集 稠密 | depend 依赖 | deploy 部署 |
deriv 推导 导出 得出 导数 衍生 | describ 描述 | design 设计 | despite 尽管 | detail 详细 细节 | detect 检测 探测 | determin 确定 决定 |
develop 开发 发展 | deviat 偏差 偏离 | device 设备 器件 | diagno 诊断 | dialogue 对话 | differen 不同 差异 区别 | differential 微分 差分 |
difficult 困难 难以 难度 | diffusion 扩散 | digital 数字 | dimension 维 | direct 直接 方向 | discover 发现 | discret 离散 |
discrimin 判别 歧视 区分 | discuss 讨论 | disease 疾病 病 | displac 位移 | distanc 距离 | distill 蒸馏 | distinct 不同 独特 区分 |
distinguish 区分 | distribut 分布 分配 | disturb 扰动 干扰 | divers 多样 不同 | doctor 医生 | document 文档 文件 | domain 领域 域 |
dominat 主导 支配 | driv 驱动 驾驶 | drug 药物 | dynamic 动态 动力 | earl 早期 | earth 地球 | easi 容易 轻松 | easy 容易 简单 | econom 经济 |
edge 边缘 边 | educat 教育 | effect 影响 效果 效应 有效 作用 | efficien 效率 高效 有效 | effort 努力 工作 | elastic 弹性 | elect 电 选举 |
electron 电子 | element 元素 单元 要素 | eliminat 消除 | embed 嵌入 | embod 具身 | emerg 涌现 新兴 出现 | emission 排放 发射 |
emotion 情感 情绪 | emphasi 强调 重点 | empiric 经验 实证 实验 | employ 采用 使用 就业 | enabl 使 实现 能够 | encod 编码 | encompass 涵盖 包含 |
encounter 遇到 面临 | encourag 鼓励 | energ 能量 能源 能耗 | engag 参与 | engineer 工程 | english 英语 | enhanc 增强 提升 提高 |
ensembl 集成 系综 | ensur 确保 保证 | entire 整个 全部 | entit 实体 | entrop 熵 | environment 环境 | equation 方程 | equilibri 均衡 平衡 |
error 误差 错误 | establish 建立 确立 | estimat 估计 | ethic 伦理 道德 | evaluat 评估 评价 | event 事件 | evidence 证据 | evolution 进化 演化 |
evolv 演化 演变 进化 发展 | exact 精确 准确 恰好 | examin 考察 检查 研究 审视 | example 例如 示例 例子 样例 | exceed 超过 | excel 出色 卓越 优秀 |
exchang 交换 | exclu 排除 专有 仅 | execut 执行 | exhibit 表现 展现 呈现 | exist 现有 存在 已有 | expan 扩展 扩大 展开 膨胀 | expect 期望 预期 |
expensive 昂贵 高昂 代价 | experienc 经验 经历 体验 | experiment 实验 试验 | expert 专家 | explain 解释 说明 | explanat 解释 |
explicit 显式 明确 | exploit 利用 | explor 探索 探讨 | exponen 指数 | expos 暴露 揭示 | express 表达 表示 | exten 扩展 延伸 大量 广泛 程度 |
external 外部 | extract 提取 抽取 | facial 面部 | facilit 促进 便于 设施 | factor 因素 因子 | fail 失败 失效 未能 无法 故障 | fair 公平 |
false 错误 虚假 假 | famil 族 家庭 系列 熟悉 | fast 快 | fault 故障 | feasib 可行 | feature 特征 | federat 联邦 | feedback 反馈 | few 少 几 |
fidelity 保真 忠实 | field 场 领域 | figure 图 | filter 过滤 滤波 | final 最后 最终 | financ 金融 财务 | find 发现 寻找 | fine 细 微 |
fine-tun 微调 | finite 有限 | first 首先 首次 第一 | fit 拟合 适合 | fix 固定 修复 | flexib 灵活 柔性 | flow 流 | fluid 流体 |
focus 关注 专注 聚焦 侧重 | follow 遵循 跟随 以下 后续 | force 力 强迫 | forecast 预测 | form 形式 形成 | formal 形式化 正式 | format 格式 |
formula 公式 制定 表述 形式 | foundation 基础 基金 | fraction 分数 比例 | fragil 脆弱 | fragment 碎片 片段 | framework 框架 | frequen 频 |
friend 朋友 友好 | full 完全 充分 完整 全 | function 函数 功能 | fundamental 根本 基本 基础 | further 进一步 此外 | fusion 融合 聚变 | futur 未来 |
fuzz 模糊 | gain 增益 收益 获得 提升 | galax 星系 | game 博弈 游戏 | gap 差距 空白 鸿沟 间隙 | gaussian 高斯 | gender 性别 | gene 基因 |
generali 泛化 推广 广义 一般 | generat 生成 产生 | genom 基因组 | geometr 几何 | give 给出 给定 | global 全局 全球 | goal 目标 目的 |
govern 治理 政府 控制 | gradient 梯度 | grammar 语法 | graph 图 | ground 真实 地面 基态 接地 | group 群 组 | grow 增长 日益 | guarant 保证 保障 |
guid 指导 引导 指南 | hallucinat 幻觉 | handl 处理 应对 | hardware 硬件 | harm 有害 危害 伤害 | health 健康 医疗 | help 帮助 有助于 |
heterogen 异构 异质 | heurist 启发 | hidden 隐 | hierarch 层次 分层 | high 高 | highlight 突出 强调 凸显 | histor 历史 | hospital 医院 |
household 家庭 | however 然而 但 不过 | human 人类 人 | hybrid 混合 | hypothes 假设 | idea 思想 想法 理念 | ideal 理想 |
identi 识别 身份 恒等 相同 | illustrat 说明 展示 | image 图像 | imitat 模仿 | immun 免疫 | impact 影响 冲击 | impl 意味 蕴含 |
implement 实现 实施 | implicat 影响 启示 意义 | implicit 隐式 隐含 | important 重要 | impos 施加 不可能 | improv 提高 提升 改进 改善 |
includ 包括 包含 | incom 收入 不完 | incorporat 结合 纳入 融入 整合 | increas 增加 提高 日益 越来越 增大 | increment 增量 | independent 独立 |
indicat 表明 指示 指标 | individual 个体 个人 单个 | induc 诱导 归纳 引起 导致 | industr 工业 行业 产业 | inequalit 不等式 不平等 | infer 推理 推断 |
inference 推理 推断 | infinit 无限 无穷 | influenc 影响 | inform 信息 告知 | infrastructure 基础设施 | inherent 固有 内在 |
initial 初始 初步 最初 | initio 从头 | inject 注入 | innovat 创新 | input 输入 | insight 见解 洞察 启示 | inspir 启发 灵感 | instabil 不稳定 |
instanc 实例 例如 | institut 机构 制度 | instruct 指令 指导 教学 | integra 集成 整合 积分 融合 | intelligen 智能 | intens 强度 密集 | intent 意图 |
interact 交互 互动 相互作用 | interest 兴趣 有趣 利益 关注 | interface 接口 界面 | interfer 干扰 干涉 | intermedia 中间 | internal 内部 |
internet 互联网 | interpret 解释 | interven 干预 | intrins 内在 本征 固有 | introduc 引入 介绍 提出 | intuit 直觉 直观 | invarian 不变 |
inver 逆 反 | invest 投资 | investigat 研究 调查 探讨 | involv 涉及 包含 参与 | issue 问题 | iterat 迭代 | join 联合 加入 | joint 联合 关节 |
judg 判断 评判 裁判 | kernel 核 | key 关键 密钥 | kind 种 类 | knowledge 知识 | label 标签 标注 | lack 缺乏 缺少 不足 | language 语言 |
large 大 | laten 延迟 潜 隐 | latent 潜 隐 | launch 发布 启动 | law 律 法 | layer 层 | lead 导致 领先 引导 | leak 泄露 泄漏 | learn 学习 |
length 长度 | lesion 病变 病灶 | level 水平 层 级 | leverag 利用 | librar 库 图书馆 | light 光 轻量 | lightweight 轻量 |
likelihood 似然 可能性 | limit 限制 局限 极限 有限 受限 | linear 线性 | link 链接 联系 关联 | list 列表 列出 | literature 文献 | live 实时 生活 |
local 局部 本地 | logic 逻辑 | long 长 | loss 损失 | low 低 | machine 机器 | magnet 磁 | magnitud 数量级 幅度 大小 | main 主要 |
mainstream 主流 | maintain 保持 维持 维护 | major 主要 重大 大多数 | manag 管理 | manifold 流形 | manipulat 操作 操纵 操控 | manual 手动 人工 |
map 映射 地图 图 | margin 边际 边缘 幅度 | market 市场 | mask 掩码 掩蔽 遮挡 | mass 质量 大规模 | match 匹配 | material 材料 | math 数学 |
matri 矩阵 | maxim 最大 | meaning 意义 含义 | measur 测量 度量 衡量 | mechanism 机制 | medic 医 | medium 介质 中等 | member 成员 |
memory 内存 记忆 存储 | mental 心理 精神 | merg 合并 融合 | messag 消息 信息 | meta 元 | method 方法 | metric 指标 度量 | migrat 迁移 移民 |
minim 最小 极小 最低 | mining 挖掘 | minor 少数 轻微 | misinform 虚假信息 错误信息 | mismatch 不匹配 失配 | mitigat 缓解 减轻 | mixture 混合 |
mobile 移动 | modal 模态 | mode 模式 | model 模型 建模 | moder 中等 适度 调节 | modif 修改 改进 修正 | modul 模块 调制 | molecul 分子 |
moment 矩 动量 时刻 | monitor 监测 监控 | monoton 单调 | moreover 此外 而且 | motion 运动 | motivat 动机 激励 启发 | mov 移动 运动 电影 |
multipl 多 | music 音乐 | mutual 互 | narrow 窄 缩小 | nation 国家 全国 | nativ 原生 本地 | natural 自然 | nature 自然 本质 性质 |
navigat 导航 | necessar 必要 必需 | need 需要 需求 | negat 负 否定 消极 | nested 嵌套 | network 网络 | neural 神经 | neuron 神经元 |
nevertheless 然而 尽管 不过 | node 节点 | nois 噪声 嘈杂 | non-trivial 非平凡 | nonlinear 非线性 | norm 范数 规范 正常 |
normal 正态 正常 归一化 法向 | notabl 值得注意 显著 | novel 新 | number 数量 数 | numeric 数值 | object 对象 物体 目标 | objective 目标 客观 |
observ 观察 观测 | obstacle 障碍 | obtain 获得 得到 | occur 发生 出现 | offer 提供 | official 官方 | offline 离线 | online 在线 |
open 开放 开源 打开 未解决 | open-source 开源 | operat 操作 运行 算子 运营 运算 | opinion 意见 观点 | opportunit 机会 机遇 | oppos 相反 反对 |
optic 光 | optim 优化 最优 | option 选项 期权 选择 | orbit 轨道 | order 阶 顺序 序 | organi 组织 有机 | orient 方向 取向 导向 |
origin 原 起源 最初 | orthogonal 正交 | oscillat 振荡 | outcome 结果 结局 | outlier 异常 离群 | outperform 优于 超过 超越 胜过 | output 输出 |
overall 总体 整体 | overcome 克服 | overhead 开销 | overlap 重叠 | overview 概述 综述 | pair 对 配对 | panel 面板 | paper 本文 论文 文章 |
paradigm 范式 | parallel 并行 平行 | parameter 参数 | part 部分 | participa 参与 | particle 粒子 | particular 特别 特定 尤其 | path 路径 |
patient 患者 病人 | pattern 模式 | people 人 | percent 百分 | percept 感知 | perform 性能 表现 执行 | period 周期 时期 时段 |
persist 持续 持久 | person 个人 人 人格 | perspectiv 视角 观点 透视 | perturb 扰动 微扰 | phase 阶段 相 相位 | phenomen 现象 | photo 光 照片 |
physic 物理 | piec 分段 片 | pipeline 管道 流程 流水线 | place 放置 位置 地点 | planning 规划 | platform 平台 | plausib 合理 似然 |
play 发挥 扮演 玩 | point 点 指出 | poison 投毒 中毒 | polariz 偏振 极化 | polic 策略 政策 | polynomial 多项式 | poor 差 不佳 贫 |
popular 流行 热门 受欢迎 | populat 人口 群体 种群 | portab 便携 可移植 | pose 姿态 姿势 提出 | posit 正 位置 积极 | possib 可能 | posterior 后验 |
potential 潜力 潜在 势 可能 | power 功率 电力 能力 强大 权力 | practic 实践 实际 实用 | preced 先前 先例 | precis 精度 精确 | predict 预测 |
prefer 偏好 优选 | preliminar 初步 | prepar 准备 制备 | presen 提出 介绍 呈现 展示 存在 | preserv 保持 保留 保护 | pressur 压力 压强 |
pretrain 预训练 | prevent 防止 预防 阻止 | previous 以往 先前 此前 之前 现有 | price 价格 | primar 主要 首要 | princip 原则 原理 主 |
prior 先前 先验 以往 现有 之前 | priorit 优先 | privacy 隐私 | probab 概率 | problem 问题 | procedur 过程 程序 流程 | process 过程 处理 |
produc 产生 生产 生成 | product 产品 乘积 积 | profession 专业 职业 | profil 剖面 画像 概况 | program 程序 | progress 进展 进步 渐进 逐步 |
project 项目 投影 | promis 有前景 有望 希望 前景 | promot 促进 推动 | prompt 提示 | proof 证明 | propagat 传播 | propert 性质 属性 特性 |
propos 提出 | protect 保护 | protein 蛋白 | protocol 协议 方案 | prototyp 原型 | prove 证明 | provid 提供 | prun 剪枝 修剪 |
public 公共 公开 | publish 发表 出版 公布 | pure 纯 | purpose 目的 用途 | qualit 质量 定性 | quanti 量化 | quantif 量化 | quantit 定量 数量 |
quantum 量子 | quer 查询 | question 问题 疑问 | radar 雷达 | radiat 辐射 | radio 无线电 射频 放射 | raise 提出 引发 提高 | random 随机 |
rang 范围 | rank 排名 秩 排序 | rapid 快速 迅速 | rare 罕见 很少 稀有 鲜有 | rate 率 速率 | ratio 比 | reach 达到 | read 阅读 读 | readabil 可读 |
real 真实 实 | real-time 实时 | real-world 现实 真实 实际 | realis 现实 真实 实现 逼真 | realiz 实现 | reason 推理 原因 | recall 召回 |
receiv 接收 收到 | recent 最近 近期 近年 | recogni 识别 | recommend 推荐 建议 | reconstruct 重建 重构 | record 记录 | recover 恢复 |
rectif 矫正 修正 | recurren 循环 复发 | recursi 递归 | reduc 减少 降低 | redund 冗余 | refin 细化 精炼 改进 优化 | reflect 反映 反思 反射 |
regim 区域 状态 体制 机制 | region 区域 地区 | regress 回归 | regularity 正则 | regulat 监管 调节 调控 法规 | reinforcement 强化 | reject 拒绝 |
relat 相关 关系 联系 相对 | relativ 相对 | releas 发布 释放 公开 | relevan 相关 | reliab 可靠 | relie 依赖 | rely 依赖 | remain 仍 保持 剩余 |
remot 远程 遥感 | remov 去除 移除 删除 | render 渲染 使 | repair 修复 | repeat 重复 | replac 替换 取代 替代 | replicat 复制 复现 重复 | report 报告 |
repositor 仓库 存储库 | represent 表示 表征 | reproduc 复现 再现 重现 | request 请求 | requir 需要 要求 | research 研究 | resembl 类似 相似 |
resid 残差 居民 剩余 | resili 韧性 弹性 | resolution 分辨率 解决 | resolv 解决 | resource 资源 | respect 分别 方面 尊重 |
respon 响应 回答 反应 回复 负责 | restor 恢复 修复 | restrict 限制 | result 结果 | retain 保留 保持 | retriev 检索 | return 返回 收益 回报 |
reveal 揭示 显示 表明 | revers 逆 反转 | review 综述 评审 | revis 修订 修改 | reward 奖励 | rich 丰富 | rigid 刚性 刚体 | rigor 严格 严谨 |
risk 风险 | robot 机器人 | robust 鲁棒 稳健 | role 作用 角色 | root 根 | rotat 旋转 | rout 路由 路线 | rule 规则 | run 运行 | safe 安全 |
sampl 样本 采样 | satellite 卫星 | satisf 满足 满意 | save 节省 保存 | scal 规模 尺度 扩展 | scarc 稀缺 匮乏 | scenario 场景 情景 | scene 场景 |
schedul 调度 | scheme 方案 格式 | science 科学 | scor 分数 得分 评分 | search 搜索 | second 第二 其次 秒 | secur 安全 | segment 分割 |
select 选择 | self 自 | semantic 语义 | sens 感知 意义 敏感 传感 | sensitiv 敏感 灵敏 | sensor 传感 | sentence 句子 | sentiment 情感 情绪 |
separat 分离 分开 | sequen 序列 顺序 | seri 系列 级数 序列 | serious 严重 | serv 服务 作为 | set 集 设置 设定 | setting 设置 环境 场景 |
sever 几 多 若干 严重 | shallow 浅 | shape 形状 塑造 | share 共享 分享 份额 | shift 偏移 转变 移位 | short 短 | show 表明 显示 展示 | signal 信号 |
significant 显著 重要 | similar 类似 相似 | simpl 简单 简化 | simulat 模拟 仿真 | simultaneous 同时 | singl 单 | singular 奇异 |
situat 情况 情境 | size 大小 规模 尺寸 | skill 技能 | small 小 | smart 智能 | smooth 平滑 光滑 | social 社会 社交 | software 软件 |
solid 固体 坚实 | solution 解 方案 | solv 求解 解决 | sophisticat 复杂 | sound 声音 可靠 | source 源 | space 空间 | span 跨越 涵盖 |
spars 稀疏 | spatial 空间 | speaker 说话人 | special 专门 特殊 | species 物种 | specif 具体 特定 指定 规范 | spectr 光谱 谱 频谱 | speech 语音 |
speed 速度 加速 | spin 自旋 | sport 体育 | spread 传播 扩散 | stabil 稳定 | stage 阶段 | standard 标准 | star 恒星 星 | state 状态 |
state-of-the-art 最先进 | statement 陈述 声明 语句 | static 静态 | statistic 统计 | step 步骤 步 | stochastic 随机 | storag 存储 |
store 存储 | strateg 策略 战略 | stream 流 | strength 强度 加强 优势 | stress 应力 压力 强调 | strong 强 | structur 结构 | student 学生 |
studie 研究 | study 研究 | subject 受试 主观 主题 受 | subsequent 随后 后续 | subset 子集 | substantial 显著 大量 实质 | success 成功 |
suffer 遭受 受 | suffic 足够 充分 | suggest 表明 建议 | suit 适合 套件 | summar 总结 摘要 概括 | superior 优越 更优 优于 | supervis 监督 |
support 支持 支撑 | surfac 表面 曲面 | surgeon 外科 | surgical 手术 | surpass 超过 超越 优于 | surrogat 代理 替代 | survey 调查 综述 |
suscept 易受 敏感 | sustain 可持续 维持 | swarm 群 | switch 切换 开关 | symbol 符号 | symmetr 对称 | synchron 同步 | synerg 协同 |
synthesi 合成 综合 | synthetic 合成 | system 系统 | systematic 系统 | tackl 解决 应对 处理 | target 目标 靶 针对 | task 任务 | taxonom 分类 |
teach 教学 教师 | team 团队 | technique 技术 | technolog 技术 | temperature 温度 | temporal 时间 时序 | tendenc 倾向 趋势 | tensor 张量 |
term 项 术语 条款 | test 测试 检验 | text 文本 | theor 理论 定理 | therefore 因此 | thermal 热 | thorough 深入 彻底 全面 | threat 威胁 |
thresh 阈值 | throughput 吞吐 | time 时间 | tissue 组织 | today 今天 如今 当今 | together 共同 一起 结合 | token 令牌 词元 标记 |
toler 容忍 容错 耐 | tool 工具 | topic 主题 话题 | topolog 拓扑 | total 总 | tourism 旅游 | trace 追踪 迹 踪迹 轨迹 | track 跟踪 追踪 |
tractab 易处理 可处理 | trade 贸易 交易 | trade-off 权衡 折衷 折中 | tradition 传统 | traffic 交通 流量 | train 训练 | trajector 轨迹 |
transaction 交易 事务 | transfer 迁移 转移 | transform 变换 转换 | transition 转移 转变 | translat 翻译 | transmission 传输 透射 传播 |
transmit 传输 发射 | transparen 透明 | transport 运输 输运 交通 传输 | travers 遍历 | treat 治疗 处理 视为 | tree 树 | trend 趋势 | trial 试验 |
trigger 触发 | trust 信任 可信 | tumor 肿瘤 | tun 调 | turbul 湍流 | type 类型 | typical 通常 典型 | ubiquit 普遍 无处不在 | ultimate 最终 |
unbias 无偏 | uncertain 不确定 | underl 底层 潜在 基础 | understand 理解 了解 | unif 统一 均匀 | uniform 均匀 一致 | unique 独特 唯一 |
unit 单元 单位 联合 | univers 普遍 通用 宇宙 大学 | unlabel 未标注 无标签 | unlike 不同 | unseen 未见 | unsupervis 无监督 | updat 更新 | upper 上 |
urban 城市 | urgent 迫切 紧急 | usag 使用 | useful 有用 | user 用户 | usual 通常 | utili 利用 效用 使用 | vaccin 疫苗 | valid 验证 有效 |
valu 值 价值 | vanish 消失 | variab 变异 可变 | variable 变量 | variance 方差 | variat 变化 变分 变异 | variet 各种 多种 簇 |
various 各种 多种 不同 | vary 变化 不同 | vast 大量 巨大 广阔 | vector 向量 矢量 | vehicle 车 | velocit 速度 | verif 验证 | versat 多功能 通用 |
version 版本 | video 视频 | view 视图 视角 观点 | virtual 虚拟 | virus 病毒 | vision 视觉 | visual 视觉 可视 | vital 至关重要 | voice 语音 声音 |
volatil 波动 | volume 体积 卷 | vulnerab 漏洞 脆弱 | water 水 | wave 波 | weak 弱 | wearab 可穿戴 | weather 天气 | web 网络 网页 |
weight 权重 | wide 广泛 宽 | wireless 无线 | word 词 | work 工作 | workflow 工作流 | workload 工作负载 | world 世界 | write 写 |
yield 产生 得到 产率
"""
_RENDERINGS: dict[str, tuple[str, ...]] = {}
"""Stem → the Chinese it may become."""
for _row in _PAIRS.split("|"):
    _stem, *_renderings = _row.split()
    _RENDERINGS[_stem] = (*_RENDERINGS.get(_stem, ()), *_renderings)
_STEMS: dict[str, tuple[str, ...]] = {}
"""By their first three letters; none has fewer."""
for _stem in _RENDERINGS:
    _STEMS[_stem[:3]] = (*_STEMS.get(_stem[:3], ()), _stem)
_WORD = re.compile(r"[a-z][a-z-]{2,}")


def english_stems(sentence: str) -> frozenset[str]:
    """Stems that words of the sentence begin with."""
    return frozenset[str]().union(*map(_stems_of, _WORD.findall(sentence.lower())))


def told_in(sentences: list[str], stems: Iterable[str]) -> list[frozenset[str]]:
    """Of these stems of English words, those that each of the Chinese sentences may render."""
    whole = "\n".join(sentences)
    there = [
        (rendering, stem)
        for stem in stems
        for rendering in _RENDERINGS.get(stem, ())
        if rendering in whole  # mutant: only faster
    ]
    return [frozenset([stem for rendering, stem in there if rendering in sentence]) for sentence in sentences]


def longest_untold(english: str, chinese: str) -> int:
    """How many of the words known here follow each other in the English and have no counterpart in the Chinese."""
    rows = [stems for word in _WORD.findall(english.lower()) if (stems := _stems_of(word))]
    (told,) = told_in([chinese], frozenset[str]().union(*rows))
    longest = run = 0
    for stems in rows:
        run = 0 if stems & told else run + 1
        longest = max(longest, run)
    return longest


@lru_cache(maxsize=16384)
def _stems_of(word: str) -> frozenset[str]:
    return frozenset([stem for stem in _STEMS.get(word[:3], ()) if word.startswith(stem)])
