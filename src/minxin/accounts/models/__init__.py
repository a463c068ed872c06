"""Tables: accounts, their access tokens, what their menu keys answer."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from minxin.accounts.models.imports import ColumnMemory as ColumnMemory
from minxin.accounts.models.imports import ImportedRow as ImportedRow
from minxin.accounts.models.imports import RegisterImport as RegisterImport
from minxin.accounts.models.imports import RowFault as RowFault
from minxin.accounts.models.imports import RowState as RowState
from minxin.accounts.models.imports import SheetImport as SheetImport
from minxin.accounts.models.lifecycle import FilingStep as FilingStep
from minxin.accounts.models.lifecycle import LifecycleFiling as LifecycleFiling
from minxin.agencies.models import Agency
from minxin.agencies.scope import scoped
from minxin.core.fields import EncryptedTextField


class Platform(models.TextChoices):
    """Where an account lives: the platforms that published notices name."""

    WECHAT = "wechat", _("微信公众平台")
    MINI_PROGRAM = "mini_program", _("微信小程序")
    CHANNELS = "channels", _("微信视频号")
    WEIBO = "weibo", _("微博")
    DOUYIN = "douyin", _("抖音")
    KUAISHOU = "kuaishou", _("快手")
    TOUTIAO = "toutiao", _("今日头条")
    BAIJIAHAO = "baijiahao", _("百家号")
    TIEBA = "tieba", _("百度贴吧")
    DAYU = "dayu", _("大鱼号")
    QIE = "qie", _("企鹅号")
    XIAOHONGSHU = "xiaohongshu", _("小红书")
    APP = "app", _("移动客户端")
    OTHER = "other", _("其他")


class Kind(models.TextChoices):
    """Kinds of WeChat accounts as officially named since 2025; blank on other platforms."""

    SUBSCRIPTION = "subscription", _("公众号")
    SERVICE = "service", _("服务号")


class Principal(models.TextChoices):
    """Whom the platform certified as the account's holder."""

    PERSON = "person", _("个人")
    ENTERPRISE = "enterprise", _("企业")
    GOVERNMENT = "government", _("政府")
    MEDIA = "media", _("媒体")
    OTHER = "other", _("其他组织")


class Mode(models.TextChoices):
    """How WeChat encrypts its pushes."""

    PLAIN = "plain", _("明文模式")
    COMPATIBLE = "compatible", _("兼容模式")
    SAFE = "safe", _("安全模式")


class Status(models.TextChoices):
    """Where an account stands in its life."""

    PLANNED = "planned", _("拟开设")
    ACTIVE = "active", _("运行")
    SUSPENDED = "suspended", _("停更")
    CLOSING = "closing", _("关停中")
    CLOSED = "closed", _("已注销")


class Affiliation(models.TextChoices):
    """To which system its host belongs (系统归属): national rules bind the government's only."""

    GOVERNMENT = "government", _("政府系统")
    PARTY = "party", _("党委系统")
    MASS = "mass", _("群团组织")
    JUDICIARY = "judiciary", _("法院、检察院")
    INSTITUTION = "institution", _("事业单位")
    OTHER = "other", _("其他")


class Level(models.TextChoices):
    """Of which level of government its host is; blank where nobody said."""

    PROVINCE = "province", _("省级")
    CITY = "city", _("市级")
    COUNTY = "county", _("县级")
    TOWNSHIP = "township", _("乡级")


class Account(models.Model):
    """An official account of an agency, on any platform."""

    agency = models.ForeignKey(
        Agency, verbose_name=_("主办单位"), on_delete=models.PROTECT, related_name="accounts"
    )
    platform = models.CharField(_("平台"), max_length=20, choices=Platform, default=Platform.WECHAT)
    name = models.CharField(_("名称"), max_length=80)
    kind = models.CharField(_("类型"), max_length=20, choices=Kind, blank=True)
    is_verified = models.BooleanField(_("已认证"), default=False)
    principal = models.CharField(
        _("认证主体"), max_length=20, choices=Principal, default=Principal.GOVERNMENT
    )
    positioning = models.CharField(_("功能定位"), max_length=200, blank=True)
    region_code = models.CharField(_("区划代码"), max_length=12, blank=True)
    status = models.CharField(_("状态"), max_length=20, choices=Status, default=Status.ACTIVE)
    affiliation = models.CharField(
        _("系统归属"), max_length=12, choices=Affiliation, default=Affiliation.GOVERNMENT
    )
    level = models.CharField(_("层级"), max_length=10, choices=Level, blank=True)
    app_id = models.CharField("AppID", max_length=32, unique=True, null=True, blank=True)
    original_id = models.CharField(_("原始ID"), max_length=40, blank=True)
    mode = models.CharField(_("消息加解密方式"), max_length=12, choices=Mode, default=Mode.SAFE)
    secret = EncryptedTextField("AppSecret", null=True, blank=True)
    token = EncryptedTextField(_("令牌（Token）"), null=True, blank=True)
    aes_key = EncryptedTextField("EncodingAESKey", null=True, blank=True)
    greeting = models.TextField(_("关注时的问候"), blank=True)
    welcome_back = models.TextField(_("再次关注时的问候"), blank=True)
    menu = models.JSONField(_("自定义菜单"), default=list, blank=True)
    created_at = models.DateTimeField(_("登记时间"))
    updated_at = models.DateTimeField(_("更新时间"))
    revision = models.PositiveIntegerField(default=1, editable=False)
    verified_callback_at = models.DateTimeField(_("回调验证时间"), null=True, blank=True)
    checked_at = models.DateTimeField(_("最近检查"), null=True, blank=True, editable=False)
    last_check = models.JSONField(default=list, blank=True, editable=False)

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("账号")
        verbose_name_plural = _("账号")
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name


class Filing(models.Model):
    """What the register (台账) keeps of an account beside what its platform needs.

    In a table of its own, for the gateway reads accounts again whenever one changes. An account that
    nobody described has none. `updated_on`: the day of its last update as the register tells it, which
    supervision takes for a unit's own word. Sources: the columns of published notices and registers, collected in
    the glossary; the field list of the national reporting system was not found.
    """

    account = models.OneToOneField(
        Account, on_delete=models.CASCADE, primary_key=True, related_name="filing"
    )
    number = models.CharField(_("备案号"), max_length=60, blank=True)
    platform_number = models.CharField(_("平台账号"), max_length=60, blank=True)
    url = models.CharField(_("链接"), max_length=300, blank=True)
    holder = models.CharField(_("认证主体名称"), max_length=120, blank=True)
    certified_until = models.DateField(_("认证到期"), null=True, blank=True)
    supervising_unit = models.CharField(_("主管单位"), max_length=120, blank=True)
    operating_unit = models.CharField(_("运维单位"), max_length=120, blank=True)
    contract_until = models.DateField(_("外包到期"), null=True, blank=True)
    leader = models.CharField(_("分管领导"), max_length=40, blank=True)
    responsible = models.CharField(_("责任人"), max_length=40, blank=True)
    keeper = models.CharField(_("管理员"), max_length=40, blank=True)
    interaction = models.CharField(_("互动入口"), max_length=300, blank=True)
    opened_on = models.DateField(_("开设日期"), null=True, blank=True)
    closed_on = models.DateField(_("注销日期"), null=True, blank=True)
    updated_on = models.DateField(_("台账所报最近更新"), null=True, blank=True)

    objects = scoped("account__agency__path")

    class Meta:
        verbose_name = _("台账")
        verbose_name_plural = _("台账")

    def __str__(self) -> str:
        return str(self.account)


class MenuReply(models.Model):
    """What a click on a menu key does: say a text, or start something the gateway knows."""

    class Does(models.TextChoices):
        SAY = "say", _("回复文字")
        ASK = "ask", _("按问题查知识")
        FILE = "file", _("开始提交诉求")
        PROGRESS = "progress", _("查询诉求进度")
        PERSON = "person", _("转人工")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="menu_replies")
    key = models.CharField(_("菜单键"), max_length=128)
    does = models.CharField(_("作用"), max_length=12, choices=Does)
    text = models.TextField(_("内容"), blank=True)

    class Meta:
        verbose_name = _("菜单回复")
        verbose_name_plural = _("菜单回复")
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="one_reply_per_menu_key")
        ]

    def __str__(self) -> str:
        return self.key


class Lease(models.Model):
    """A token that every process shares, and who is renewing it.

    `held_by` and `held_until` are a lease taken by compare-and-set: whoever dies with it loses it.
    """

    value = EncryptedTextField(null=True)
    expires_at = models.DateTimeField(null=True)
    held_by = models.CharField(max_length=32, blank=True)
    held_until = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class AccessToken(Lease):
    """The one access token of an account."""

    account = models.OneToOneField(
        Account, on_delete=models.CASCADE, primary_key=True, related_name="access_token"
    )

    class Meta:
        verbose_name = _("接口凭证")
        verbose_name_plural = _("接口凭证")

    def __str__(self) -> str:
        return f"{self.account_id}"


class AccountBudget(models.Model):
    """What an account has spent of one budget in its current period.

    `most` is the size: from the table in `budgets.py`, or what WeChat itself said (`is_told`); null
    is unknown. `granted` is what the last statement gave out, so that taking is one statement. Until
    `closed_until` WeChat takes nothing more, whatever we have counted.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="budgets")
    budget = models.CharField(max_length=32)
    period_on = models.DateField()
    most = models.BigIntegerField(null=True)
    is_told = models.BooleanField(default=False)
    spent = models.BigIntegerField(default=0)
    granted = models.BigIntegerField(default=0)
    closed_until = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("接口额度")
        verbose_name_plural = _("接口额度")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "budget"], name="one_row_per_budget_of_an_account"
            ),
            models.CheckConstraint(
                condition=models.Q(spent__gte=0), name="spent_is_never_below_nothing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.budget}"


class ThirdPartyPlatform(models.Model):
    """A third-party platform (第三方平台) that accounts authorise instead of giving an AppSecret.

    `ticket` is what WeChat pushes every ten minutes; without it no token of the platform is had.
    """

    agency = models.ForeignKey(
        Agency, verbose_name=_("管理机构"), on_delete=models.PROTECT, related_name="platforms"
    )
    name = models.CharField(_("名称"), max_length=80)
    app_id = models.CharField("AppID", max_length=32, unique=True)
    secret = EncryptedTextField("AppSecret")
    token = EncryptedTextField(_("消息校验Token"))
    aes_key = EncryptedTextField(_("消息加解密Key"))
    ticket = EncryptedTextField(null=True, blank=True, editable=False)
    ticket_at = models.DateTimeField(_("最近收到票据"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("登记时间"))
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = scoped("agency__path")

    class Meta:
        verbose_name = _("第三方平台")
        verbose_name_plural = _("第三方平台")
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name


class PlatformToken(Lease):
    """The token of a third-party platform itself (component_access_token)."""

    platform = models.OneToOneField(
        ThirdPartyPlatform, on_delete=models.CASCADE, primary_key=True, related_name="own_token"
    )

    class Meta:
        verbose_name = _("第三方平台凭证")
        verbose_name_plural = _("第三方平台凭证")

    def __str__(self) -> str:
        return f"{self.platform_id}"


class Authorization(models.Model):
    """What an account gave a third-party platform.

    Losing the refresh token cuts the account off until its administrator scans again, so each one is
    committed before it is used, the one before it stays in `former_refresh_token`, and a code is
    committed before it is redeemed (`last_code` stays: an event and the page bring the same one).
    `generation` counts the refresh tokens: a slow renewal never
    overwrites what a newer authorisation brought.
    """

    platform = models.ForeignKey(
        ThirdPartyPlatform, on_delete=models.PROTECT, related_name="authorizations"
    )
    app_id = models.CharField("AppID", max_length=32)
    account = models.OneToOneField(
        Account, on_delete=models.CASCADE, null=True, blank=True, related_name="authorization"
    )
    code = EncryptedTextField(null=True, blank=True)
    last_code = EncryptedTextField(null=True, blank=True)
    code_at = models.DateTimeField(null=True, blank=True)
    refresh_token = EncryptedTextField(null=True, blank=True)
    former_refresh_token = EncryptedTextField(null=True, blank=True)
    generation = models.PositiveIntegerField(default=0)
    functions = models.JSONField(_("权限集"), default=list, blank=True)
    authorized_at = models.DateTimeField(_("授权时间"), null=True, blank=True)
    renewed_at = models.DateTimeField(_("刷新时间"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("取消授权时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("第三方平台授权")
        verbose_name_plural = _("第三方平台授权")
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "app_id"], name="one_authorization_per_platform_and_account"
            )
        ]

    def __str__(self) -> str:
        return self.app_id


class ConnectionFinding(models.Model):
    """What a check of `accounts.checks.CHECKS` found wrong with an account, from first to last.

    `sentence`, `remedy` and `evidence` are message ids with places for `facts`: who reads them need
    not speak the language of who caused them.
    """

    class Level(models.TextChoices):
        WARNING = "warning", _("提醒")
        PROBLEM = "problem", _("问题")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="findings")
    check_name = models.CharField(_("检查项"), max_length=40)
    level = models.CharField(_("程度"), max_length=12, choices=Level)
    sentence = models.TextField(_("发现"))
    remedy = models.TextField(_("办法"), blank=True)
    facts = models.JSONField(default=dict, blank=True)
    first_seen_at = models.DateTimeField(_("首次发现"))
    last_seen_at = models.DateTimeField(_("最近发现"))
    resolved_at = models.DateTimeField(_("消除时间"), null=True, blank=True)

    objects = scoped("account__agency__path")

    class Meta:
        verbose_name = _("接入检查发现")
        verbose_name_plural = _("接入检查发现")
        ordering = ("-first_seen_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "check_name"],
                condition=models.Q(resolved_at=None),
                name="one_open_finding_per_check",
            )
        ]

    def __str__(self) -> str:
        return f"{self.check_name} {self.level}"
