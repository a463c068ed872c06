"""Limits as amounts with units; what a city had in working days stays as it was, and what it had adopted
counts as verified: it was the city's own decision."""

from django.db import migrations, models

UNITS = [
    ("working_minutes", "工作分钟"),
    ("working_hours", "工作小时"),
    ("working_days", "工作日"),
    ("hours", "小时"),
    ("days", "天"),
]


def verified(apps, schema_editor):
    preset = apps.get_model("tickets", "DeadlinePreset")
    preset.objects.filter(is_active=True).update(is_verified=True)


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0018_call_backs_and_archive"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="deadlinepreset", name="one_deadline_per_preset_and_nature"
        ),
        migrations.RemoveConstraint(
            model_name="deadlinepreset", name="one_active_deadline_per_nature_and_region"
        ),
        migrations.RenameField(
            model_name="deadlinepreset", old_name="working_days", new_name="amount"
        ),
        migrations.AlterField(
            model_name="deadlinepreset",
            name="amount",
            field=models.PositiveSmallIntegerField(verbose_name="办理时限"),
        ),
        migrations.AddField(
            model_name="deadlinepreset",
            name="version",
            field=models.CharField(blank=True, max_length=20, verbose_name="版本"),
        ),
        migrations.AddField(
            model_name="deadlinepreset",
            name="is_verified",
            field=models.BooleanField(default=False, verbose_name="依据已核实"),
        ),
        migrations.AddField(
            model_name="deadlinepreset",
            name="note",
            field=models.CharField(blank=True, max_length=200, verbose_name="说明"),
        ),
        migrations.AddField(
            model_name="deadlinepreset",
            name="urgency",
            field=models.CharField(
                choices=[("ordinary", "一般"), ("urgent", "紧急")],
                default="ordinary",
                max_length=10,
                verbose_name="缓急",
            ),
        ),
        migrations.AddField(
            model_name="deadlinepreset",
            name="unit",
            field=models.CharField(
                choices=UNITS, default="working_days", max_length=16, verbose_name="计时单位"
            ),
        ),
        migrations.AddField(
            model_name="deadlinepreset",
            name="sign_amount",
            field=models.PositiveSmallIntegerField(
                blank=True, null=True, verbose_name="签收时限"
            ),
        ),
        migrations.AddField(
            model_name="deadlinepreset",
            name="sign_unit",
            field=models.CharField(
                choices=UNITS, default="working_days", max_length=16, verbose_name="计时单位"
            ),
        ),
        migrations.AddField(
            model_name="deadlinepreset",
            name="complex_amount",
            field=models.PositiveSmallIntegerField(
                blank=True, null=True, verbose_name="复杂事项时限"
            ),
        ),
        migrations.AddField(
            model_name="deadlinepreset",
            name="complex_unit",
            field=models.CharField(
                choices=UNITS, default="working_days", max_length=16, verbose_name="计时单位"
            ),
        ),
        migrations.AddField(
            model_name="deadlinepreset",
            name="yellow_amount",
            field=models.PositiveSmallIntegerField(
                blank=True, null=True, verbose_name="剩多少亮黄灯"
            ),
        ),
        migrations.AddField(
            model_name="deadlinepreset",
            name="yellow_unit",
            field=models.CharField(
                choices=UNITS, default="working_days", max_length=16, verbose_name="计时单位"
            ),
        ),
        migrations.AddField(
            model_name="deadlinepreset",
            name="red_amount",
            field=models.PositiveSmallIntegerField(
                blank=True, null=True, verbose_name="剩多少亮红灯"
            ),
        ),
        migrations.AddField(
            model_name="deadlinepreset",
            name="red_unit",
            field=models.CharField(
                choices=UNITS, default="working_days", max_length=16, verbose_name="计时单位"
            ),
        ),
        migrations.AddField(
            model_name="ticket",
            name="sign_due_at",
            field=models.DateTimeField(null=True, verbose_name="签收期限"),
        ),
        migrations.AddField(
            model_name="ticket",
            name="yellow_at",
            field=models.DateTimeField(null=True, verbose_name="亮黄灯"),
        ),
        migrations.AddField(
            model_name="ticket",
            name="red_at",
            field=models.DateTimeField(null=True, verbose_name="亮红灯"),
        ),
        migrations.AlterModelOptions(
            name="deadlinepreset",
            options={
                "ordering": ("code", "version", "nature", "urgency"),
                "verbose_name": "办理时限",
                "verbose_name_plural": "办理时限",
            },
        ),
        migrations.AddConstraint(
            model_name="deadlinepreset",
            constraint=models.UniqueConstraint(
                fields=("code", "version", "nature", "urgency"),
                name="one_limit_per_preset_nature_and_urgency",
            ),
        ),
        migrations.AddConstraint(
            model_name="deadlinepreset",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_active", True)),
                fields=("nature", "urgency", "region_code"),
                name="one_active_limit_per_nature_urgency_and_region",
            ),
        ),
        migrations.RunPython(verified, migrations.RunPython.noop),
    ]
