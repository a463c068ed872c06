"""E-mail, through the city's own server: `smtp://host:port` with STARTTLS where it is offered by
`smtp+tls://`, or `smtps://` from the first byte. A server that takes a mail and dies is not asked twice."""

import smtplib
from urllib.parse import urlsplit

import httpx
from django.core.mail import EmailMessage, get_connection
from django.utils.translation import gettext as _

from minxin.agencies.channels.way import Later, Parcel, Refusal, Unsure, Way
from minxin.agencies.reminders import ReminderChannel
from minxin.wecom import Whose

TIMEOUT = 10
BACKEND = "django.core.mail.backends.smtp.EmailBackend"
SCHEMES = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


def _send(channel: ReminderChannel, parcel: Parcel, transport: httpx.BaseTransport | None) -> None:
    parts = urlsplit(channel.base_url)
    connection = get_connection(
        BACKEND,
        host=parts.hostname or "",
        port=parts.port or SCHEMES.get(parts.scheme, 25),
        username=channel.identity,
        password=channel.secret or "",
        use_tls=parts.scheme == "smtp+tls",
        use_ssl=parts.scheme == "smtps",
        timeout=TIMEOUT,
    )
    mail = EmailMessage(
        subject=parcel.title,
        body=f"{parcel.text}\n\n{parcel.link}\n",
        from_email=channel.sender,
        to=[parcel.address],
        connection=connection,
    )
    try:
        connection.open()
    except smtplib.SMTPAuthenticationError:
        raise Refusal(_("邮件服务器不认用户名或密码。"), Whose.OPERATOR) from None
    except (OSError, smtplib.SMTPException):
        raise Later(_("连不上邮件服务器，请检查地址、端口和加密方式。")) from None
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused:
        raise Refusal(_("邮件服务器拒收这个收件人。"), Whose.PERSON) from None
    except smtplib.SMTPSenderRefused:
        raise Refusal(_("邮件服务器拒收这个发件人。"), Whose.OPERATOR) from None
    except smtplib.SMTPResponseException as error:
        if 400 <= error.smtp_code < 500:
            raise Later(_("邮件服务器正忙，稍后自动重试。")) from None
        raise Refusal(_("邮件服务器拒绝了这封邮件。"), Whose.OPERATOR) from None
    except (OSError, smtplib.SMTPException):
        raise Unsure(_("邮件服务器没有回应，不能确定是否送达。")) from None
    finally:
        connection.close()


WAY = Way(_send, needs=frozenset({"base_url", "sender"}))
