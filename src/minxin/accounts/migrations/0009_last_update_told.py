from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0008_lifecycle'),
    ]

    operations = [
        migrations.AddField(
            model_name='filing',
            name='updated_on',
            field=models.DateField(blank=True, null=True, verbose_name='台账所报最近更新'),
        ),
    ]
