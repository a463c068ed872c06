"""The measures of GB/T 9704-2012, in millimetres and points, and the typefaces.

A4; the text is 156 mm by 225 mm (5.2.1: top 37 mm, left 28 mm), 22 lines of 28 characters (5.2.3) in
3号 (16 pt); the title is 2号 (22 pt). The free typefaces stand after the usual ones: who has the
usual ones sees them, on every other machine the next takes over.
"""

PAGE = (210.0, 297.0)
TOP, LEFT, WIDE, HIGH = 37.0, 28.0, 156.0, 225.0
RIGHT, BOTTOM = PAGE[0] - LEFT - WIDE, PAGE[1] - TOP - HIGH
LINES, CHARACTERS = 22, 28
POINTS_A_MM = 72 / 25.4
TEXT, TITLE, TABLE, PAGE_NUMBER = 16.0, 22.0, 10.5, 14.0
LINE = 28.95  # HIGH / LINES is 28.99 pt: a trifle less, so that the last line does not fall off
TITLE_LINE = 36.0
TABLE_LINE = 16.0
PITCH = WIDE * POINTS_A_MM / CHARACTERS  # from one character to the next

SONG = (
    "方正小标宋简体",
    "方正小标宋_GBK",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "FandolSong",
)
FANG = ("仿宋_GB2312", "仿宋", "FangSong", "FandolFang R", "FandolFang", "Noto Serif CJK SC")
HEI = ("黑体", "SimHei", "Noto Sans CJK SC", "Source Han Sans SC", "FandolHei", "WenQuanYi Zen Hei")
KAI = ("楷体_GB2312", "楷体", "KaiTi", "FandolKai", "AR PL UKai CN", "Noto Serif CJK SC")
NUMBER = ("宋体", "SimSun", "Noto Serif CJK SC")
