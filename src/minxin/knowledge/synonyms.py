"""What citizens say, and what officials write: groups of words that mean the same here.

The shortest of a group (the first of these) stands for all of it when questions are compared, so that
no word weighs more for its length; nobody ever sees it. Only
words that are safe in every context of government business stand here: a wrong pair makes a wrong
answer, a missing one only a near question.
"""

import re

from minxin.text import words
from minxin.text.segmentation import FORM, HAN

GROUPS = (
    # what happened
    "丢失 丢了 弄丢 搞丢 掉了 遗失 不见了 找不到了 找不着 丢掉 不小心丢",
    "补办 补领 补证 补发 补换 挂失补卡 重新办 重新办一本 怎么补 去哪补 补一张 补一个",
    "到期 过期 期满 快到期 快过期 年限到了",
    "换领 换发 换证 换新的 换新 更换",
    "去世 过世 死亡 离世 不在了 走了以后",
    "注销 销户 销掉",
    "变更 改一下 更改 修改",
    "离职 辞职 不干了 离开单位",
    "失业 下岗 裁员 被裁 被辞退 丢了工作 没了工作",
    "拖欠工资 欠薪 欠我工资 不发工资 不给工资 拖工资 欠工资",
    "投诉 举报 反映 告状 去告",
    "工伤 上班受伤 工作受伤 工作时受伤",
    "扰民 太吵 很吵 吵得 吵死",
    "违法建设 违章建筑 违建 乱搭乱建 搭建 私搭乱建",
    "污染 乱排 排污 偷排 冒黑烟",
    # what one wants
    "申请 申领 报名 申办 申报",
    "办理 怎么办理 去办 办手续 办个",
    "缴费 交钱 交费 缴纳 怎么交 交多少",
    "领取 怎么领 去领 领钱",
    "提取 取出来 提出来 取公积金 能取 提出 取现",
    "查询 查一下 怎么查 查看 哪里能看",
    "预约 约号 挂号",
    "开具 怎么开",
    "报销 能报 报多少 可以报",
    "材料 资料 带什么 带啥 要带 证件 哪些东西 准备啥 准备什么",
    "条件 要求",
    "补贴 补助 津贴",
    "优惠 减免 少交",
    "标准 多少钱 价格 收费",
    "流程 程序 步骤 手续",
    # who
    "生育 生孩子 生小孩 产假",
    "新生儿 宝宝 婴儿 刚出生 出生的孩子",
    "儿童 小孩 孩子 小朋友 娃 娃娃 子女",
    "老年人 老人 老年 高龄 父母 爸妈",
    "残疾人 残疾 残障",
    "毕业生 高校毕业生 大学生 应届生 应届毕业生 大学毕业生",
    "外来务工人员 打工 外来人员 外地人 农民工",
    "灵活就业人员 自由职业 没单位 没有单位 个人交",
    "用人单位 老板 单位 公司 企业",
    "困难 贫困 穷 没钱 收入低",
    "孕产妇 孕妇 怀孕 怀孕了 产妇",
    # papers
    "居民身份证 身份证 二代证",
    "户口簿 户口本 户口薄",
    "落户 上户口 入户 户口迁入 迁户口 户口迁到 户口迁过来 户口迁移 出生登记",
    "社会保障卡 社保卡",
    "机动车驾驶证 驾驶证 驾照 驾驶执照 驾本",
    "机动车 汽车 车子 小车 轿车",
    "检验标志 年检 年审 审车 验车 检车",
    "交通违法 违章 闯红灯 罚单",
    "电动自行车 电动车 电瓶车 电单车",
    "上牌 牌照 上牌照 登记上牌",
    "营业执照 执照",
    "个体工商户 个体户 小店 开店",
    "开办 注册 设立 成立 开个",
    "不动产 房产 房子 房屋",
    "转移登记 过户",
    "居住证 暂住证",
    "签注 续签",
    "无犯罪记录证明 无犯罪证明 无犯罪记录 没有犯罪记录",
    "残疾人证 残疾证",
    # insurance, housing, relief
    "医疗保险 医保 新农合",
    "养老保险 养老金 退休金",
    "社会保险 社保",
    "失业保险金 失业金",
    "住房公积金 公积金",
    "公共租赁住房 公租房 廉租房",
    "最低生活保障 低保",
    "特困人员 五保户 五保",
    "养老机构 养老院 敬老院 福利院",
    "医院 看病 就医 住院",
    "异地 外地 外省 跨省 换城市",
    "转移接续 转过来 转过去 转到",
    "签约 家庭医生签约",
    "疫苗接种 打疫苗 预防针 接种疫苗 打预防针",
    "收养 领养",
    # school, work, law
    "入学 上学 读书",
    "义务教育 中小学",
    "劳动争议 劳动纠纷 和单位有纠纷",
    "法律援助 打官司 请律师",
    "行政复议 复议 不服处罚 对处罚不服",
    "政府信息公开 信息公开",
    # city
    "大件垃圾 旧家具 旧沙发 旧床垫 大件家具",
    "清运 拉走 运走",
    "投放 扔垃圾 分类投放",
    "户外广告 招牌 门头 广告牌",
    "占道经营 路边摆摊 摆地摊 小贩",
    "燃气 煤气 天然气",
    "自来水 用水 水费",
    "用电 电表 电费",
    "犬只 养狗 狗证 狗",
    "宅基地 农村建房 村里盖房 盖房子",
    "农机 拖拉机 收割机",
    "耕地 种地 种粮",
    "借书证 图书馆借书 借书",
    "志愿者 志愿服务 义工",
)


def _table() -> dict[str, str]:
    table: dict[str, str] = {}
    for group in GROUPS:
        members = group.split()
        head = min((word for word in members if len(word) > 1), key=len)
        for member in members:
            table.setdefault(member, head)
    return table


_TABLE = _table()
# Longest first: 社会保障卡 before 社会保险, 上小学 before 小学.
_ANY = re.compile("|".join(map(re.escape, sorted(_TABLE, key=lambda word: (-len(word), word)))))


def plain(text: str) -> str:
    """The text with each word replaced by its group's shortest; `text` as `minxin.text.normal` makes it."""
    return _ANY.sub(_head, text)


def _head(match: re.Match[str]) -> str:
    return _TABLE[match[0]]


def tokens(text: str) -> frozenset[str]:
    """What two questions are compared by: words that carry matter, not form, and the characters of
    the Chinese ones. `text` in the words of officials (`plain`), normalised."""
    matter = [word for word in words(text) if word not in FORM]
    return frozenset(matter).union(*[word for word in matter if word[0] >= HAN])
