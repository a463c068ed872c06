"""Ten thousand questions a city can answer, and how people ask them: made up, for the benches."""

import random
from collections.abc import Iterator

_WHO = (
    "本市居民", "外来务工人员", "退休人员", "在校学生", "残疾人", "现役军人家属", "个体工商户",
    "小微企业", "港澳台居民", "新生儿父母",
)  # fmt: skip
_THING = (
    "居民身份证", "居住证", "户口迁移", "社会保障卡", "城乡居民医保", "职工养老保险", "失业保险金",
    "生育津贴", "工伤认定", "住房公积金提取", "公积金贷款", "不动产登记", "房产交易过户", "公租房申请",
    "机动车年检", "驾驶证换证", "车辆上牌", "营业执照", "食品经营许可", "税务登记", "义务教育入学",
    "转学手续", "教师资格认定", "婚姻登记", "收养登记", "低保申请", "高龄津贴", "残疾人证",
    "门诊慢特病", "异地就医备案", "预防接种证", "护照", "港澳通行证", "无犯罪记录证明", "犬只登记",
    "户外广告", "临时占道", "燃气开户", "供水报装", "用电过户",
)  # fmt: skip
_ACT = (
    ("办理条件有哪些", "什么条件能办"), ("需要带哪些材料", "要带啥"), ("在哪里办理", "去哪儿办"),
    ("多长时间能办好", "几天能好"), ("收费标准是多少", "要花多少钱"), ("能不能网上办理", "网上能弄吗"),
    ("可以委托他人代办吗", "别人能帮忙办吗"), ("怎样预约", "咋预约"), ("怎样查询进度", "办到哪一步了怎么看"),
    ("丢失后怎样补办", "丢了咋办"), ("到期后怎样续办", "过期了怎么弄"), ("信息填错了怎样更正", "写错了能改吗"),
    ("被退回后怎样重新申请", "给退回来了怎么办"), ("异地可以办理吗", "在外地能办不"),
    ("周末能不能办理", "星期六上班吗"), ("办理结果怎样送达", "办好了怎么拿"), ("对结果不服怎样申诉", "不服找谁"),
    ("有没有优惠减免", "能便宜点吗"), ("需要本人到场吗", "人必须去吗"), ("注销手续怎样办", "不要了怎么销"),
    ("电子证照怎样领取", "手机上的证怎么领"), ("咨询电话是多少", "打哪个电话"), ("可以加急办理吗", "能不能快点"),
    ("审核不通过的原因有哪些", "为啥没通过"), ("有效期是多久", "能用几年"),
)  # fmt: skip
_OPENINGS = ("", "", "请问", "您好，", "我想问一下，", "麻烦问下", "那个，", "你好请问")
_ENDINGS = ("", "", "？", "呢", "呀", "，谢谢")
_ELSE = (
    "楼下广场舞声音太大", "公交车老是不来", "今天天气怎么样", "小区电梯坏了三天", "给我讲个笑话",
    "附近有什么好吃的", "路灯不亮好几天了", "想找份工作",
)  # fmt: skip


def all_questions() -> Iterator[tuple[str, str]]:
    """Ten thousand (question, variant)."""
    for who in _WHO:
        for thing in _THING:
            for official, spoken in _ACT:
                yield f"{who}{thing}{official}？", f"{who}的{thing}{spoken}"


def ask(draw: random.Random) -> str:
    """A citizen's sentence: mostly something known in other words, one in ten something else."""
    if draw.random() < 0.1:
        return f"{draw.choice(_ELSE)}{draw.choice(_ENDINGS)}"
    thing, (official, spoken) = draw.choice(_THING), draw.choice(_ACT)
    who = draw.choice(_WHO)
    middle = f"{who}{thing}{official}" if draw.random() < 0.4 else f"{who}{thing}{spoken}"
    return f"{draw.choice(_OPENINGS)}{middle}{draw.choice(_ENDINGS)}"
