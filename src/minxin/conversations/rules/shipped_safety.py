"""What every city begins with: sentences that lead to a person and an emergency number at once.

The numbers are those that 国办发〔2020〕53号 names (110, 119, 120 beside the 12345 that answers day and night);
phrases and words are ours, and a city edits them. A number that is not sure is not shipped: a city adds its own.
"""

BASIS = "国办发〔2020〕53号"

# code, name, number, what it is for
HOTLINES = (
    ("police", "报警", "110", BASIS),
    ("ambulance", "医疗急救", "120", BASIS),
    ("fire", "火警和救援", "119", BASIS),
    ("city", "政务服务便民热线", "12345", BASIS),
)

_SELF_HARM = """
自杀 自尽 轻生 寻短见 我想死 真想死 只想死 就想死 想去死 不想活了 不想活下去 没法活了 活不下去 活着没意思
活着没有意思 活着没有意义 活着没意义 割腕 我要跳楼 想跳楼 要跳楼 有人跳楼 准备跳楼 想跳河 要跳河 跳江
喝农药 喝了农药 吃了…安眠药 结束自己的生命 结束生命 写好遗书 写了遗书 写了…遗书 自残 上吊 想要了结 了结自己 死了算了
一死了之 没有活下去的勇气 不如死了
"""
_SELF_HARM_NOT = """
自杀式 预防自杀 防自杀 自杀条款 自杀免责 自杀…赔 自残…赔 自残或者自杀 自残或自杀 自杀的不 自杀…认定 自杀…工伤 想死你 想死我 想死他
想死她 想死大家 热得想死 热的想死 堵得想死 丑得想死 自杀剧情 自杀率 自杀…保险 企业…活不下去 公司…活不下去 店…活不下去 生意…活不下去
慢性自杀 减轻生 三上吊 生活不下去 树…活不下去 种…活不下去 养…活不下去 不想活动
"""
_VIOLENCE = """
家暴 家庭暴力 老公打我 丈夫打我 爱人打我 老婆打我 妻子打我 男朋友打我 女朋友打我 前夫打我 前妻打我 我爸打我 我妈打我
儿子打我 老公…打我 丈夫…打我 男朋友…打我 前夫…打我 我爸…打我 爸爸…打我 妈妈…打我 被老公打 被丈夫打 被男朋友打 被前夫打
正在打我 有人打我 往死里打 要打死我 要杀我 要杀了我 想杀我 拿刀砍 拿着刀 持刀 正在砍人 强奸 性侵 猥亵 被囚禁
关在屋里 关在家里不让 不让我出门 锁在家里 限制我人身自由 非法拘禁 有人跟踪我 一直跟踪我 救救我 救命啊 虐待孩子 虐待老人 虐待儿童 被虐待
"""
_VIOLENCE_NOT = """
反家暴 防家暴 家暴法 反家庭暴力法 预防家庭暴力 防性侵 预防性侵 预防…家暴 家暴宣传 家暴讲座 家暴…活动 性侵…讲座 强奸罪 猥亵罪
非法拘禁罪 救救我们 强奸民意 真实性侵 有效性侵 虐待动物 虐待小动物 虐待小狗 虐待流浪 持刀…表演 救命之恩 救命钱 救命药 救命稻草 居家隔离 打我电话 打我手机 打我的电话
打我的手机 打我这个 打我卡 打我账 打我帐 打我银行
"""
_ABDUCTION = """
拐骗 拐卖 被拐 人贩子 孩子不见了 小孩不见了 女儿不见了 儿子不见了 宝宝不见了 老人不见了 孩子丢了 小孩丢了 女儿丢了 儿子丢了
孩子找不到了 小孩找不到了 孩子走丢 小孩走丢 老人走丢 老人走失 孩子走失 小孩走失 父亲走失 母亲走失 爸爸走丢 妈妈走丢 孩子失踪 女儿失踪 儿子失踪 老人失踪 人失踪
失踪了 被绑架 绑架了 被传销…控制 被骗到…回不来 被骗去…回不来 被抱走 抢孩子
"""
_ABDUCTION_NOT = """
坑蒙拐骗 打拐 防拐 反拐 预防拐卖 打击拐卖 拐卖罪 拐骗罪 被拐弯 狗…失踪 猫…失踪 狗…被抱走 猫…被抱走 猫…不见 狗…不见 快递…失踪 车…失踪了
"""
_INJURY = """
大出血 流了很多血 流血不止 昏迷 晕倒 晕过去 休克 没有呼吸 没呼吸 喘不上气 呼吸不了 心梗 心脏病发 煤气中毒 食物中毒 农药中毒
触电 溺水 掉进河里 掉到河里 掉进井里 掉到井里 坠楼 有人受伤 伤得很重 伤很重 受重伤 被撞伤 被砸伤 被捅 快不行了 叫救护车 要救护车
需要救护车 被困在电梯 困在电梯里 被压在 被埋
"""
_INJURY_NOT = """
工伤 防溺水 防触电 预防溺水 溺水…宣传 触电…宣传 溺水…警示 触电…警示 昏迷…赔 被埋没 心梗…报销 心梗…医保 触电保护 怕触电 容易触电 触电危险 触电隐患 触电风险 被撞伤…赔
被砸伤…赔 生意…快不行了 公司…快不行了 厂…快不行了 去年…受伤 前年…受伤 当时…受伤 去年…晕倒 当时…晕倒 去年…昏迷 当时…昏迷
"""
_FIRE = """
着火了 着火啦 起火了 失火了 冒着火 煤气泄漏 煤气泄露 燃气泄漏 燃气泄露 天然气泄漏 天然气泄露 煤气味很大 爆炸了 发生爆炸
"""
_FIRE_NOT = """
上火 去年…着火 去年…起火 前年…起火 当时…起火 报警器 泄漏保险 泄漏报警 爆炸了似 脾气
"""


def _lines(words: str) -> str:
    return "\n".join(words.split())


# code, name, phrases, exceptions, the first words, codes of hotlines in the order in which they are told.
# A sentence that says several is told the first.
RULES = (
    (
        "self-harm", "有轻生或自伤的话", _lines(_SELF_HARM), _lines(_SELF_HARM_NOT),
        "您说的我们很在意，请先不要一个人待着，马上联系身边可以信任的人。有危险时，请立即拨打：",
        "ambulance,police,city",
    ),
    (
        "violence", "正在受到暴力或侵害", _lines(_VIOLENCE), _lines(_VIOLENCE_NOT),
        "请先到安全的地方。正在受到伤害或者威胁，请立即拨打：",
        "police,ambulance",
    ),
    (
        "abduction", "有人被拐骗或失踪", _lines(_ABDUCTION), _lines(_ABDUCTION_NOT),
        "请马上报警，说清楚人的样貌、衣着、最后在哪里见到：",
        "police",
    ),
    (
        "injury", "有人受伤或急病", _lines(_INJURY), _lines(_INJURY_NOT),
        "有人受伤或者急病，请立即拨打，说清楚地点和伤情：",
        "ambulance,police",
    ),
    (
        "fire", "火情或燃气泄漏", _lines(_FIRE), _lines(_FIRE_NOT),
        "请先离开危险的地方，到外面再打电话：",
        "fire,ambulance",
    ),
)  # fmt: skip
