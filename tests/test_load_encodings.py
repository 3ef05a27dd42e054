"""Text that is not Unicode: read by the encoding that is given or sure, else refused with the likeliest ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import LoadError
from index.load import NOTES, load_document
from index.load.encodings import detect_encoding
from index.load.html import read_html
from index.load.text import read_text

TEXTS = {
    "en": (
        "The mayor’s café – a gift of the town – opened on Friday after a long delay. “We have waited for "
        "this since 2019,” she said. It cost £40,000, half of it from the naïve bets of an earlier council. "
        "The Zürich firm that built it asked for €5,000 more."
    ),
    "de": (
        "Die Stadt hat die Brücke am 4. März für sechs Wochen geschlossen. Größere Schäden wurden an zwei "
        "Pfeilern gefunden, sagte der Bürgermeister. „Wir müssen die Menschen schützen“, erklärte er. Die "
        "Kosten trägt das Land, über die Höhe wird noch verhandelt."
    ),
    "fr": (
        "La ville a fermé le pont vendredi après la découverte de fissures. « Nous n’avons pas d’autre choix "
        "», a déclaré la maire. Les travaux coûteront près de deux millions d’euros et dureront jusqu’à "
        "l’été. Où passeront les élèves ? Personne ne le sait."
    ),
    "es": (
        "El ayuntamiento cerró el puente el viernes tras hallar grietas en dos pilares. «No había otra "
        "opción», explicó la alcaldesa. ¿Cuánto costará? Según los técnicos, más de un millón. Los niños "
        "cruzarán el río en autobús hasta el próximo año."
    ),
    "pl": (
        "Władze miasta zamknęły most w piątek po wykryciu pęknięć w dwóch filarach. „Nie mieliśmy innego "
        "wyjścia” – powiedział burmistrz Łukasz Dąbrowski. Prace będą kosztować ponad milion złotych i nie "
        "skończą się przed latem."
    ),
    "cs": (
        "Město v pátek uzavřelo most poté, co se ve dvou pilířích našly trhliny. „Neměli jsme jinou možnost,“"
        " řekla starostka. Práce budou stát více než milion korun a neskončí dříve než v létě. Řidiči musí "
        "jezdit delší cestou."
    ),
    "hu": (
        "A város pénteken lezárta a hidat, miután két pillérben repedéseket találtak. „Nem volt más "
        "választásunk” – mondta a polgármester. A munka több mint egymillióba kerül, és nem fejeződik be a "
        "nyár előtt. Sokan hosszabb úton közlekednek, ezért késő lesz."
    ),
    "ru": (
        "Власти города закрыли мост в пятницу после того, как в двух опорах нашли трещины. «У нас не было "
        "другого выхода», — сказал мэр. Работы обойдутся более чем в миллион рублей и не закончатся раньше "
        "лета."
    ),
    "uk": (
        "Влада міста закрила міст у п’ятницю після того, як у двох опорах знайшли тріщини. «У нас не було "
        "іншого виходу», — сказав мер. Роботи коштуватимуть понад мільйон і не закінчаться раніше літа, її "
        "рішення підтримали."
    ),
    "el": (
        "Ο δήμος έκλεισε τη γέφυρα την Παρασκευή, αφού βρέθηκαν ρωγμές σε δύο στύλους. «Δεν είχαμε άλλη "
        "επιλογή», είπε η δήμαρχος. Οι εργασίες θα κοστίσουν πάνω από ένα εκατομμύριο και δεν θα τελειώσουν "
        "πριν από το καλοκαίρι."
    ),
    "tr": (
        "Belediye, iki ayakta çatlaklar bulunmasının ardından köprüyü cuma günü kapattı. “Başka seçeneğimiz "
        "yoktu” dedi başkan. Çalışmalar bir milyondan fazlaya mal olacak ve yazdan önce bitmeyecek. Sürücüler"
        " için ayrı bir yol açıldı."
    ),
    "he": (
        'העירייה סגרה את הגשר ביום שישי לאחר שנמצאו סדקים בשני עמודים. "לא הייתה לנו ברירה", אמרה ראש העיר. '
        "העבודות יעלו יותר ממיליון ולא יסתיימו לפני הקיץ."
    ),
    "ar": (
        "أغلقت المدينة الجسر يوم الجمعة بعد العثور على شقوق في عمودين. وقال رئيس البلدية إنه لم يكن هناك خيار"
        " آخر. ستكلف الأعمال أكثر من مليون ولن تنتهي قبل الصيف."
    ),
    "lv": (
        "Pilsēta piektdien slēdza tiltu, jo divos balstos tika atrastas plaisas. „Mums nebija citas izvēles,”"
        " teica mērs. Darbi izmaksās vairāk nekā miljonu un nebeigsies līdz vasarai. Daudziem būs jābrauc pa "
        "garāku ceļu."
    ),
    "ja": (
        "市は金曜日、二本の橋脚にひびが見つかったため橋を閉鎖した。「ほかに方法がなかった」と市長は"
        "述べた。工事には百万円以上かかり、夏より前には終わらない見込みだ。多くの人が遠回りをしなけ"
        "ればならない。"
    ),
    "zh": (
        "在两座桥墩发现裂缝之后，市政府于星期五关闭了大桥。市长说：“我们没有别的选择。”工程将花费"
        "一百多万元，夏天以前不会完成。许多人必须走更远的路。"
    ),
    "zt": (
        "在兩座橋墩發現裂縫之後，市政府於星期五關閉了大橋。市長說：「我們沒有別的選擇。」工程將花費"
        "一百多萬元，夏天以前不會完成。許多人必須走更遠的路。"
    ),
    "ko": (
        '시는 두 개의 교각에서 균열이 발견되자 금요일에 다리를 폐쇄했다. "다른 방법이 '
        '없었다"고 시장은 말했다. 공사에는 백만 원 이상이 들고 여름 전에는 끝나지 않을'
        " 것이다."
    ),
    "th": (
        "เมืองปิดสะพานเมื่อวันศุกร์หลังจากพบรอยร้าวในเสาสองต้น นายกเทศมนตรีกล่าวว่าไม่มีทางเลือกอื่น "
        "งานจะใช้เงินมากกว่าหนึ่งล้านบาทและจะไม่เสร็จก่อนฤดูร้อน"
    ),
}
ASCII = str.maketrans({"“": '"', "”": '"', "„": '"', "’": "'", "‘": "'", "–": "-", "—": "-", "«": '"', "»": '"'})
"""Typographic marks as those write them whose encoding has none."""


@pytest.mark.parametrize(
    ("language", "encoding"),
    [
        ("en", "cp1252"),
        ("de", "cp850"),
        ("fr", "mac_roman"),
        ("es", "cp1252"),
        ("pl", "cp1250"),
        ("pl", "iso8859_2"),
        ("cs", "cp1250"),
        ("hu", "iso8859_2"),
        ("ru", "cp1251"),
        ("ru", "koi8_r"),
        ("ru", "cp866"),
        ("uk", "cp1251"),
        ("el", "cp1253"),
        ("tr", "cp1254"),
        ("he", "cp1255"),
        ("ar", "cp1256"),
        ("lv", "cp1257"),
        ("ja", "cp932"),
        ("ja", "euc_jp"),
        ("ja", "iso2022_jp"),
        ("zh", "gb18030"),
        ("zt", "big5"),
        ("ko", "cp949"),
        ("th", "cp874"),
        ("en", "utf_16_le"),
        ("ru", "utf_16_be"),
    ],
)
def test_a_text_in_an_old_encoding_is_read_exactly_and_told(tmp_path, language, encoding):
    text = TEXTS[language]
    if text.encode(encoding, "ignore").decode(encoding) != text:
        text = text.translate(ASCII)
    (tmp_path / "old.txt").write_bytes(f"{text}\n".encode(encoding))
    document = load_document(tmp_path / "old.txt")
    assert document.text == f"{text}\n"
    assert "detected; give --encoding if letters look wrong" in document.origins[NOTES]


def test_pounds_in_english_stay_pounds():
    text = "The mayor’s café opened on Friday. It cost £40,000, and half of it came from the town’s own budget.\n"
    assert read_text(text.encode("cp1252"), Path("a.txt")).text == text


def test_what_is_not_sure_is_refused_with_the_likeliest_ones_and_the_option():
    with pytest.raises(LoadError, match=r"byte 0xfc at offset 1 .*add --encoding Windows-125\d FILE"):
        read_text("Zürich".encode("latin-1"), Path("a.txt"))


def test_the_encoding_that_is_given_is_used_and_told():
    read = read_text("Zürich, Bogotá".encode("cp850"), Path("a.txt"), "ibm850")
    assert (read.text, read.notes) == ("Zürich, Bogotá", ("Read as CP850, as given.",))


def test_an_encoding_given_changes_no_text_that_is_unicode():
    assert read_text("Zürich".encode(), Path("a.txt"), "cp1252").text == "Zürich"


@pytest.mark.parametrize(
    ("encoding", "words"), [("klingon", "not known"), ("cp1253", "not in 'cp1253'"), ("punycode", "not known")]
)
def test_an_encoding_that_is_none_or_does_not_fit_is_refused(encoding, words):
    with pytest.raises(LoadError, match=words):
        read_text(b"caf\xd2\xff", Path("a.txt"), encoding)


def test_a_table_in_an_old_encoding_is_read_as_rows(tmp_path):
    (tmp_path / "a.csv").write_bytes("Stadt;Größe;Übergang\nMünchen;groß;Brücke\nKöln;größer;Fähre\n".encode("cp1252"))
    document = load_document(tmp_path / "a.csv")
    assert "Stadt: Köln; Größe: größer; Übergang: Fähre" in document.text
    assert "Windows-1252" in document.origins[NOTES]


def test_a_page_that_names_no_charset_is_read_by_what_is_detected():
    page = f"<html><head><script>var a = 1;</script></head><body><p>{TEXTS['ru']}</p></body></html>"
    content = read_html(page.encode("cp1251"), Path("a.html"))
    assert TEXTS["ru"] in content.text
    assert content.notes[0].startswith("Read as Windows-1251, detected")


@given(data=st.binary(max_size=300))
def test_no_bytes_crash_the_detection_and_what_it_gives_is_exact(data):
    detected, _ = detect_encoding(data)
    if detected:
        assert data.decode(detected.encoding) == detected.text
