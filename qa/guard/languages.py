"""How orders to a language model are worded in languages other than English: precise phrases, each with its hint.

Written without accents and in small letters where that is easier to read; `qa.guard.phrases` compares them so.
"""

from __future__ import annotations

ORDER = (
    r"(?:^\W*|[.:;,!?¡¿–—*#>|(\"“„«‘'-]\s*"
    r"|\b(?:please|kindly|must|should|shall|have to|are to|bitte|por favor|per favore|plait|пожалуиста|请) )"
)
"""What stands before a verb that orders: nothing, a mark, please or must. Not "to": a report tells of orders so."""
_GERMAN = (
    rf"{ORDER}(?:ignoriere|ignorieren sie|vergiss|vergessen sie|missachte|missachten sie)(?: \w+){{1,5}} (?:quellen"
    r"|anweisungen|satze|belege|dokumente|texte|kontext)\b",
    rf"{ORDER}(?:antworte|antworten sie|schreibe|schreiben sie)(?: \w+){{0,4}} (?:nur|ausschliesslich|immer|stets)"
    r"(?: mit\b| das wort\b|:)",
    r"\b(?:du bist|sie sind) (?:jetzt|nun|ab sofort)(?: \w+){0,3} (?:ki|assistent|sprachmodell|chatbot)\b",
    r"\bauf (?:jede|alle) fragen?(?: \S+){0,4} (?:zu )?antworten\b",
    r"\bals (?:ki|kunstliche intelligenz|sprachmodell),? (?:musst|sollst|darfst|mussen|sollen)\b",
    r"^\W*(?:hinweis|nachricht|anweisung|mitteilung)\w* (?:an|fur) (?:die |das |den |alle |jede |jedes )*(?:ki\b"
    r"|sprachmodell"
    r"|ki-|assistent|chatbot)",
    r"\bsystem(?:nachricht|meldung|anweisung|prompt)\s*:",
)
_FRENCH = (
    rf"{ORDER}(?:ignorez?|oubliez?|ne (?:tenez|tiens) pas compte)(?: \w+){{1,5}} (?:sources|instructions|consignes"
    rf"|phrases"
    r"|documents|passages)\b",
    rf"{ORDER}(?:reponds|repondez|ecris|ecrivez)(?: \w+){{0,4}} (?:uniquement|seulement|exclusivement|toujours)"
    r"(?: par\b| avec\b| que\b| ?:)",
    r"\b(?:tu es|vous etes) (?:maintenant|desormais)(?: \w+){0,3} (?:ia|assistant|modele|robot)\b",
    r"\ben tant qu['’ ]?(?:ia|intelligence artificielle|assistant|modele de langage),? (?:tu|vous)\b",
    r"^\W*(?:note|message|consigne|instructions?|avis) (?:a|aux?|pour) (?:l['’]|les |le |la "
    r"|toute )?(?:attention de l['’])?"
    r"(?:ia\b|intelligence|modeles? de lang|assistants?\b|chatbots?\b)",
    r"\bmessage (?:du )?systeme\s*:",
)
_ROMANCE = (  # Spanish, Portuguese, Italian
    rf"{ORDER}(?:ignor[ae](?:n|d|te|m)?|ignori|olvid[ae]n?|descart[ae]n?|esqueca|dimentica(?:te)?)(?: \w+){{1,5}} "
    r"(?:fuentes|instrucciones|frases|documentos|fontes|instrucoes|fonti|istruzioni|frasi|documenti)\b",
    rf"{ORDER}(?:respond[ae]|contest[ae]|escrib[ae]|rispond(?:i|ete|a))(?: \w+){{0,4}} (?:solo|unicamente|solamente"
    r"|exclusivamente|siempre|apenas|somente|soltanto)(?: con\b| com\b| que\b| che\b|:)",
    r"\b(?:ahora|desde ahora) (?:eres|usted es)(?: \w+){0,3} (?:ia|asistente|modelo|bot)\b",
    r"\bcomo (?:una )?(?:ia|inteligencia artificial|modelo de lenguaje),? (?:debes|tienes|debe|tu)\b",
    r"^\W*(?:nota|mensaje|aviso|instrucci\w+) (?:para|a) (?:la |el |los |las |toda )*(?:ia\b|inteligencia"
    r"|modelos? de leng"
    r"|asistentes?\b|chatbots?\b)",
    r"\bmensaje del? sistema\s*:",
)
_DUTCH = (
    rf"{ORDER}(?:negeer|vergeet)(?: \w+){{1,5}} (?:bronnen|instructies|documenten|zinnen|aanwijzingen)\b",
    rf"{ORDER}antwoord(?: \w+){{0,3}} (?:alleen|slechts|uitsluitend)(?: met\b|:)",
)
_RUSSIAN = (
    r"\b(?:игнорируй(?:те)?|забудь(?:те)?|не учитывай(?:те)?)(?: \w+){0,5} (?:источник|инструкци|указани|предложени"
    r"|документ"
    r"|контекст|сообщени)",
    r"\b(?:отвечай(?:те)?|ответь(?:те)?|напиши(?:те)?|выведи(?:те)?)(?: \w+){0,4} (?:только|лишь|исключительно"
    r"|всегда)\b",
    r"\b(?:(?:ты|вы) (?:теперь|отныне)|(?:теперь|отныне) (?:ты|вы))(?: \w+){0,3} (?:ассистент|помощник|модель|бот"
    r"|ии\b)",
    r"\b(?:как|будучи) (?:ии|искусственн\w+ интеллект\w*|языков\w+ модель\w*),? (?:ты|вы)\b",
    r"\bсистемн\w+ (?:сообщение|подсказка|инструкция|промпт)\s*:",
    r"^\W*(?:примечание|сообщение|указание|инструкция|внимание)\w*,? (?:для )?(?:языков\w+ модел|ии\b|ассистент"
    r"|чат-?бот)",
)
_CHINESE = (  # and Japanese
    r"(?:忽略|无视|忘记|忘掉|忽視|無視|不要理会)[^。!?]{0,8}(?:以上|上述|上面|之前|前面|先前|所有|其他|全部)[^。!?]{0,8}"
    r"(?:来源|指令|指示|说明|资料|内容|文档|规则|句子|提示|來源|证据|證據)",
    r"(?:上記|以前|これまで)の?[^。]{0,8}(?:指示|情報源|文|資料)[^。]{0,4}(?:無視|忘れ)",
    r"(?:只|仅|僅)(?:能|可以|需|需要|允许)?(?:回答|回复|输出|答复)\s*[:\"“「『]|请(?:只|仅|一律)(?:回答|回复|输出)",
    r"你[现現]在是|从现在(?:起|开始),?你|作为(?:一个|一名)?(?:人工智能|ai|大?语言模型|助手),?(?:你|请|必须)",
    r"系[统統](?:提示|消息|指令|訊息)\s*:|致(?:所有)?(?:ai|人工智能|语言模型)助?手?\s*:",
)
_ARABIC = (
    r"\b(?:تجاهل|تجاهلوا|تجاهلي|انس|لا تستخدم)(?: \w+){0,4} (?:المصادر|التعليمات|الإرشادات|الأوامر|الجمل|الوثائق"
    r"|السياق)",
    r"\b(?:أجب|أجيبوا|اكتب|اكتبوا)(?: \w+){0,4} فقط|\b(?:أنت|أنتم) الآن(?: \w+){0,2} (?:مساعد|نموذج|ذكاء)",
    r"\bبصفتك (?:نموذج|ذكاء|مساعد)|\bرسالة النظام\s*:|^\W*(?:ملاحظة|رسالة|تعليمات) (?:إلى|ل)\s?(?:نموذج|نماذج"
    r"|الذكاء|المساعد)",
)

OTHER_LANGUAGES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        r"auf (?:jede|alle) |ignorier|vergiss|vergessen|missacht|antworte|schreibe|du bist|sie sind|\bals "
        r"|^\W*\w+ (?:an|fur) "
        r"|system",
        _GERMAN,
    ),
    (r"ignore|oublie|pas compte|repond|ecri|tu es|vous etes|en tant|^\W*\w+ (?:a|aux?|pour) |systeme", _FRENCH),
    (
        r"ignor|olvid|descart|esquec|dimentic|respond|contest|escrib|rispond|ahora|como |^\W*\w+ (?:para|a) "
        r"|sistema",
        _ROMANCE,
    ),
    (r"negeer|vergeet|antwoord", _DUTCH),
    (r"[а-я]", _RUSSIAN),
    (r"[\u3040-\u30ff\u4e00-\u9fff]", _CHINESE),
    (r"[\u0620-\u064a]", _ARABIC),
)
"""A hint, without which none of the patterns behind it can be found, and the patterns."""
