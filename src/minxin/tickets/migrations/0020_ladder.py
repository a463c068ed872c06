"""The ladder; what is owed in a city from before is looked at as soon as its clock runs."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone


def look_at_what_is_owed(apps, schema_editor):
    ticket = apps.get_model("tickets", "Ticket")
    owed = ("submitted", "accepted", "assigned", "signed", "returning", "disputed", "reopened")
    ticket.objects.filter(status__in=owed, stopped_at=None).update(escalate_at=timezone.now())


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0009_last_update_told'),
        ('agencies', '0009_working_hours'),
        ('citizens', '0002_agreed_to_texts'),
        ("tickets", "0019_limits"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LadderRung',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=40, unique=True, verbose_name='编码')),
                ('step', models.CharField(choices=[('remind', '提醒'), ('urge', '催办'), ('supervise', '督办')], max_length=10, verbose_name='动作')),
                ('anchor', models.CharField(choices=[('sign', '签收期限'), ('due', '答复期限')], max_length=4, verbose_name='相对于')),
                ('is_before', models.BooleanField(default=False, verbose_name='在期限之前')),
                ('amount', models.PositiveSmallIntegerField(verbose_name='相隔')),
                ('unit', models.CharField(choices=[('working_minutes', '工作分钟'), ('working_hours', '工作小时'), ('working_days', '工作日'), ('hours', '小时'), ('days', '天')], max_length=16, verbose_name='计时单位')),
                ('tells_handler', models.BooleanField(default=True, verbose_name='告知承办员')),
                ('tells_head', models.BooleanField(default=False, verbose_name='告知本单位审核员')),
                ('tells_supervisor', models.BooleanField(default=False, verbose_name='告知监管员')),
                ('has_notice', models.BooleanField(default=False, verbose_name='附《催办通知书》')),
                ('level', models.PositiveSmallIntegerField(choices=[(0, '未督办'), (1, '一般督办'), (2, '重点督办'), (3, '挂牌督办')], default=0, verbose_name='督办级别')),
                ('basis', models.CharField(blank=True, max_length=200, verbose_name='依据')),
                ('is_active', models.BooleanField(default=True, verbose_name='采用')),
            ],
            options={
                'verbose_name': '催督办规则',
                'verbose_name_plural': '催督办规则',
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='LadderStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('term', models.BigIntegerField()),
                ('key', models.CharField(max_length=40)),
                ('step', models.CharField(choices=[('remind', '提醒'), ('urge', '催办'), ('supervise', '督办'), ('talk', '建议约谈')], max_length=10, verbose_name='动作')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('words', models.CharField(max_length=500, verbose_name='说明')),
                ('basis', models.CharField(blank=True, max_length=200, verbose_name='依据')),
                ('due_at', models.DateTimeField(verbose_name='期限')),
                ('told', models.PositiveSmallIntegerField(default=0, verbose_name='告知人数')),
                ('number', models.CharField(blank=True, max_length=40, verbose_name='通知书编号')),
            ],
            options={
                'verbose_name': '催督办记录',
                'verbose_name_plural': '催督办记录',
                'ordering': ('id',),
            },
        ),
        migrations.AddField(
            model_name='ticket',
            name='escalate_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='下次催督办'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(condition=models.Q(('escalate_at__isnull', False)), fields=['escalate_at', 'id'], name='ticket_by_escalation'),
        ),
        migrations.AddField(
            model_name='ladderstep',
            name='agency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency', verbose_name='承办单位'),
        ),
        migrations.AddField(
            model_name='ladderstep',
            name='issuer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency', verbose_name='发出单位'),
        ),
        migrations.AddField(
            model_name='ladderstep',
            name='proposed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='ladderstep',
            name='ticket',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ladder_steps', to='tickets.ticket'),
        ),
        migrations.AddConstraint(
            model_name='ladderstep',
            constraint=models.UniqueConstraint(fields=('ticket', 'term', 'key'), name='a_step_is_taken_once_in_a_term'),
        ),
        migrations.RunPython(look_at_what_is_owed, migrations.RunPython.noop),
    ]
