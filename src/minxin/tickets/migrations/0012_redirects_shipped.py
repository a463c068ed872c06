"""The channels every city begins with; a city edits them and adds its own.

What is excluded is named by 国办发〔2020〕53号; the words that hint at it are ours.
"""

from django.db import migrations

ROWS = (
    ('police', '报警', '110', '抢劫,盗窃,小偷,诈骗,被骗,打架,斗殴,家暴,跟踪我,走失,报警', '正在发生的违法犯罪和紧急危险，请直接拨打 110，由公安机关处理最快。', '国办发〔2020〕53号', True),
    ('fire', '火警', '119', '着火,起火,失火,火灾,火警', '火灾和抢险救援请直接拨打 119。', '国办发〔2020〕53号', True),
    ('ambulance', '医疗急救', '120', '晕倒,昏迷,急救,救护车,大出血,喝农药', '有人需要急救，请直接拨打 120。', '国办发〔2020〕53号', True),
    ('traffic', '交通事故', '122', '交通事故,撞车,追尾,肇事逃逸', '交通事故请直接拨打 122 报警。', '国办发〔2020〕53号', True),
    ('discipline', '纪检监察举报', '12388', '', '反映党员干部和公职人员违纪违法，由纪检监察机关受理，请拨打 12388 或向纪检监察机关反映。这里无权调查。', '国办发〔2020〕53号', True),
    ('litigation', '诉讼和执行', '12368', '法院判决,判决书,开庭,法官,执行难,强制执行申请,起诉,上诉', '已经由人民法院审理或执行的事项，请向办案法院反映，或拨打 12368。这里不能改变法院的裁判。', '国办发〔2020〕53号', True),
    ('arbitration', '仲裁', '', '劳动仲裁,仲裁裁决,仲裁委,申请仲裁', '已经申请仲裁的争议由仲裁机构依法裁决，请向办理案件的仲裁机构反映。', '国办发〔2020〕53号', True),
    ('reconsideration', '行政复议', '', '行政复议,复议申请,复议决定', '不服行政机关决定的，可以依法向行政复议机关申请行政复议。申请有期限，请尽早向复议机关咨询。', '国办发〔2020〕53号', True),
    ('disclosure', '政府信息公开申请', '', '信息公开申请,依申请公开,申请信息公开,申请公开', '申请政府信息公开有专门程序，请通过政府网站的“政府信息公开”栏目，或向掌握信息的机关提出申请。', '国办发〔2020〕53号；国务院令第711号', True),
    ('petition', '已进入信访程序的事项', '', '信访事项,信访复查,信访复核,信访答复,已经信访', '已经进入信访程序的事项，请向受理它的信访机构查询进展，避免重复办理。', '国办发〔2020〕53号', True),
    ('consumer', '消费投诉', '12315', '假货,缺斤少两,不给退款,拒绝退款', '消费纠纷也可以拨打 12315，由市场监管部门处理。', '多数地方由 12345 一并受理，是否引导由各地决定', False),
    ('secret', '不能公开受理的内容', '', '', '内容涉及国家秘密、商业秘密、他人隐私，或者违反法律和公序良俗，这里不能受理。', '国办发〔2020〕53号', True),
    ('outside', '不属于政府职责的事项', '', '', '这件事不属于政府职责范围，请按上面的理由通过协商、调解或诉讼等途径解决。', '国办发〔2020〕53号', True),
)


def ship(apps, schema_editor):
    table = apps.get_model("tickets", "Redirect")
    names = ("code", "name", "phone", "words", "told", "source", "is_active")
    for row in ROWS:
        table.objects.get_or_create(
            code=row[0], region_code="", defaults=dict(zip(names[1:], row[1:], strict=True))
        )


class Migration(migrations.Migration):
    dependencies = [("tickets", "0011_redirects")]

    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
