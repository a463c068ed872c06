"""Ten thousand questions a city can answer, and how people ask them: made up, for the benches."""

import itertools
import random
from collections.abc import Iterator

_THING = [
    "居民身份证",
    "居住证",
    "户口迁移",
    "社会保障卡",
    "居民医保",
    "职工养老保险",
    "失业保险金",
    "生育津贴",
    "工伤认定",
    "公积金提取",
    "公积金贷款",
    "不动产登记",
    "房产过户",
    "公租房",
    "车辆年检",
    "驾驶证",
    "机动车号牌",
    "营业执照",
    "食品经营许可",
    "发票领用",
    "小学入学",
    "转学",
    "教师资格",
    "结婚登记",
    "收养登记",
    "最低生活保障",
    "高龄津贴",
    "残疾人证",
    "门诊慢特病",
    "异地就医备案",
    "预防接种证",
    "护照",
    "港澳通行证",
    "无犯罪记录证明",
    "养犬登记",
    "户外广告",
    "临时占道",
    "天然气开户",
    "自来水报装",
    "用电过户",
    "出生证明",
    "死亡注销",
    "公证委托",
    "法律援助",
    "劳动仲裁",
    "欠薪投诉",
    "就业补贴",
    "创业担保贷款",
    "技能鉴定",
    "人才落户",
    "军人优抚",
    "退役安置",
    "烈士褒扬",
    "殡葬服务",
    "公墓租用",
    "婚前检查",
    "献血证",
    "医师执业",
    "护士注册",
    "药店开办",
    "卫生许可",
    "公共场所备案",
    "消防验收",
    "施工许可",
    "规划条件",
    "建筑渣土",
    "树木砍伐",
    "排水许可",
    "取水许可",
    "河道采砂",
    "林木采伐",
    "宅基地审批",
    "土地流转",
    "农机上牌",
    "种子经营",
    "兽药经营",
    "动物检疫",
    "渔船登记",
    "水产养殖",
    "粮食收购",
    "道路运输",
    "出租车从业",
    "网约车经营",
    "货车通行证",
    "船员证书",
    "停车泊位",
    "公交老年卡",
    "学生乘车卡",
    "旅行社设立",
    "导游证",
    "演出审批",
    "文物修缮",
    "网吧开办",
    "体育场馆",
    "图书借阅证",
    "广播电视",
    "印刷经营",
    "出版物零售",
    "宗教场所",
    "社会团体登记",
]
_KIND = ("申领", "变更", "补办", "注销")
_ACT = (
    ("办理条件有哪些", "什么条件能办"), ("需要带哪些材料", "要带啥"), ("在哪里办理", "去哪儿办"),
    ("多长时间能办好", "几天能好"), ("收费标准是多少", "要花多少钱"), ("能不能网上办理", "网上能弄吗"),
    ("可以委托他人代办吗", "别人能帮忙办吗"), ("怎样预约", "咋预约"), ("怎样查询进度", "办到哪一步了怎么看"),
    ("进行到哪个环节可以撤回", "还能撤回来吗"), ("到期后怎样续办", "过期了怎么弄"), ("信息填错了怎样更正", "写错了能改吗"),
    ("被退回后怎样重新申请", "给退回来了怎么办"), ("异地可以办理吗", "在外地能办不"),
    ("周末能不能办理", "星期六上班吗"), ("办理结果怎样送达", "办好了怎么拿"), ("对结果不服怎样申诉", "不服找谁"),
    ("有没有优惠减免", "能便宜点吗"), ("需要本人到场吗", "人必须去吗"), ("可以分期缴费吗", "能分几次交吗"),
    ("电子证照怎样领取", "手机上的证怎么领"), ("咨询电话是多少", "打哪个电话"), ("可以加急办理吗", "能不能快点"),
    ("审核不通过的原因有哪些", "为啥没通过"), ("有效期是多久", "能用几年"),
)  # fmt: skip
_OPENINGS = ("", "请问", "您好，", "我想问一下，", "麻烦问下", "那个，", "你好请问")
_ENDINGS = ("", "？", "呢", "呀", "，谢谢")
_ELSE = (
    "楼下广场舞声音太大", "公交车老是不来", "今天天气怎么样", "小区电梯坏了三天", "给我讲个笑话",
    "附近有什么好吃的", "路灯不亮好几天了", "想找份工作",
)  # fmt: skip


def all_questions() -> Iterator[tuple[str, str]]:
    """Ten thousand (question, variant)."""
    for thing in _THING:
        for kind in _KIND:
            for official, spoken in _ACT:
                yield f"{thing}{kind}{official}？", f"{thing}想{kind}{spoken}"


class Citizens:
    """People who ask. What few ask about many ask about: the popularity of matters falls with their
    rank (Zipf's law), one in ten asks something else, and half say it with words around."""

    def __init__(self, draw: random.Random, *, is_each_new: bool = False) -> None:
        self._draw = draw
        self._known = list(all_questions())
        random.Random(1).shuffle(self._known)  # the same matters are popular in every run
        weights = (1 / (rank + 3) for rank in range(len(self._known)))
        self._weights = list(itertools.accumulate(weights))
        self._number = 0
        self._is_each_new = is_each_new

    def ask(self) -> str:
        """One sentence; with `is_each_new` one that nobody said before."""
        draw = self._draw
        if draw.random() < 0.1:
            said = draw.choice(_ELSE)
        elif self._is_each_new:
            said = draw.choice(draw.choice(self._known))
        else:
            said = draw.choice(draw.choices(self._known, cum_weights=self._weights)[0])
        if draw.random() < 0.5:
            said = f"{draw.choice(_OPENINGS)}{said.rstrip('？')}{draw.choice(_ENDINGS)}"
        if self._is_each_new:
            self._number += 1
            said = f"{said}{_place(draw.randrange(10**6))}"
        return said


def _place(number: int) -> str:
    return f"，我住{number}号"
