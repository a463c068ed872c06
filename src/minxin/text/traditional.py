"""Traditional characters that official texts use, folded to simplified ones for comparison only."""

_PAIRS = """
條条 例例 辦办 規规 則则 實实 細细 標标 準准 關关 於于 員员 會会 務务 發发 補补 貼贴 證证 處处 罰罚 許许 業业 農农 險险
醫医 療疗 養养 殘残 婦妇 兒儿 學学 區区 縣县 鎮镇 鄉乡 環环 護护 產产 權权 車车 駕驾 駛驶 錄录 暫暂 問问 題题 應应 對对 災灾
設设 計计 劃划 戶户 遷迁 機机 構构 動动 勞劳 傷伤 國国 際际 經经 濟济 營营 價价 費费 稅税 電电 訊讯 網网 絡络 節节 約约 編编
號号 項项 款款 總总 附附 為为 與与 從从 個个 們们 這这 時时 間间 開开 長长 門门 馬马 書书 報报 請请 領领 專专 門门 資资 質质
賠赔 償偿 訴诉 訟讼 議议 決决 擬拟 試试 執执 監监 檢检 驗验 測测 審审 評评 級级 類类 別别 屬属 歸归 續续 繼继 廢废 並并 佈布
轉转 讓让 購购 買买 賣卖 貨货 幣币 銀银 賬账 戰战 軍军 隊队 幹干 職职 責责 選选 舉举 黨党 組组 織织 團团 聯联 華华 人人 民民
體体 歲岁 齡龄 歷历 畢毕 畫画 圖图 館馆 廣广 場场 園园 樓楼 層层 頁页 頂顶 預预 須须 順顺 飲饮 養养 餐餐 駐驻 驟骤 點点 齊齐
貧贫 貸贷 貢贡 財财 責责 賦赋 質质 贈赠 贊赞 輕轻 載载 較较 輔辅 輸输 辭辞 邊边 達达 運运 過过 遠远 適适 選选 還还 郵邮
銷销 鋼钢 錢钱 鐵铁 鑒鉴 閉闭 陸陆 陽阳 階阶 隨随 難难 雙双 離离 雜杂 雲云 靈灵 靜静 顧顾 願愿 額额 風风 飛飞 養养 龍龙 麼么
"""
_FOLD = str.maketrans({pair[0]: pair[1] for pair in _PAIRS.split() if pair[0] != pair[1]})
_ONLY = frozenset(chr(code) for code in _FOLD)


def simplified(text: str) -> str:
    """A text with the traditional characters of official language folded. For comparing: what is kept
    and shown stays as it was written. Not a converter: rare characters stay as they are."""
    return text.translate(_FOLD)


def is_traditional(text: str, least: float = 0.02) -> bool:
    """Whether a text is written in traditional characters: so many of its characters are."""
    met = sum(letter in _ONLY for letter in text)
    return bool(text) and met >= max(least * len(text), 1)
