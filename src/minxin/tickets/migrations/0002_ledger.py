"""The frozen promise and the deadline ledger; tickets from before get the entries they would have had."""

from datetime import UTC, datetime

import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone


def begin(apps, schema_editor):
    ticket_model = apps.get_model("tickets", "Ticket")
    entry = apps.get_model("tickets", "LedgerEntry")
    event = apps.get_model("tickets", "TicketEvent")
    for ticket in ticket_model.objects.order_by("id").iterator(chunk_size=500):
        due = timezone.localtime(ticket.due_at)
        # What was said then is not written anywhere: the date it came to, with its year.
        ticket.promised_at = ticket.due_at
        ticket.promised_words = f"{due.year}年{due.month}月{due.day}日前答复" + (
            "（暂定）" if ticket.is_due_provisional else ""
        )
        ticket.save(update_fields=["promised_at", "promised_words"])
        started = (
            event.objects.filter(ticket=ticket, verb="reopened").order_by("-id").first()
            if ticket.reopened_times
            else None
        )
        entry.objects.create(
            ticket=ticket, at=started.at if started else ticket.filed_at, kind="start",
            actor_kind="citizen", actor_name="", agency_id=ticket.agency_id,
            reason=ticket.promised_words, due_at=ticket.due_at,
        )
        if ticket.status in ("answered", "closed"):
            entry.objects.create(
                ticket=ticket, at=ticket.answered_at or ticket.closed_at, kind="end",
                actor_kind="system", actor_name="", agency_id=ticket.agency_id,
            )


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0008_fields_of_forms'),
        ('tickets', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='ticket',
            name='promised_at',
            field=models.DateTimeField(default=datetime(1970, 1, 1, tzinfo=UTC), verbose_name='承诺答复'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='ticket',
            name='promised_words',
            field=models.CharField(default='', max_length=60, verbose_name='承诺的话'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='ticket',
            name='stopped_at',
            field=models.DateTimeField(null=True, verbose_name='暂停计时'),
        ),
        migrations.AlterField(
            model_name='ticket',
            name='due_at',
            field=models.DateTimeField(verbose_name='答复期限'),
        ),
        migrations.CreateModel(
            name='LedgerEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('kind', models.CharField(choices=[('start', '开始计时'), ('sign', '签收'), ('stop', '暂停计时'), ('resume', '恢复计时'), ('extension', '延期'), ('transfer', '改派'), ('reminder', '提醒'), ('end', '停止计时')], max_length=10, verbose_name='事项')),
                ('actor_kind', models.CharField(max_length=10)),
                ('actor_name', models.CharField(max_length=60, verbose_name='操作人')),
                ('stop_reason', models.CharField(blank=True, choices=[('citizen', '等待市民补充'), ('agency', '等待其他单位'), ('appraisal', '等待检测鉴定')], max_length=10, verbose_name='暂停原因')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='说明')),
                ('legal_basis', models.CharField(blank=True, max_length=200, verbose_name='依据')),
                ('due_at', models.DateTimeField(null=True, verbose_name='答复期限')),
                ('is_public', models.BooleanField(default=True, verbose_name='市民可见')),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency', verbose_name='单位')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ledger', to='tickets.ticket')),
            ],
            options={
                'verbose_name': '时限台账',
                'verbose_name_plural': '时限台账',
                'ordering': ('id',),
                'indexes': [models.Index(fields=['ticket', 'id'], name='ledger_by_ticket')],
            },
        ),
        # `promised_at` is overwritten in every row: no row keeps the default.
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
