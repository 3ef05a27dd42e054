"""How a sentence speaks that orders a language model about: precise phrases, in several languages.

A phrase is listed when news prose has no other use for it: not "ignore", but an order to ignore "the sources above".
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from qa.neutral import without_invisible

_LOOKALIKES = str.maketrans("авеіјкмнорѕстухһԁԛԝαβεικνορτυχ", "abeijkmhopsctyxhdqwabeikvoptux")
_MIXED = re.compile(r"\w*[a-z]\w*")

_ORDER = (
    r"(?:^\W*|[.:;,!?¡¿–—*#>|(\"“„«‘'-]\s*"
    r"|\b(?:please|kindly|must|should|shall|have to|are to|bitte|por favor|per favore|plait|пожалуиста|请) )"
)
"""What stands before a verb that orders: nothing, a mark, please or must. Not "to": a report tells of orders so."""
_THINGS = (
    r"(?:sources?|sentences?|evidence|passages?|context|documents?|excerpts?|instructions?|prompts?|directives?"
    r"|guidelines|messages?|reports?|articles?)"
)
_BEFORE = r"(?:previous|prior|earlier|preceding|above|foregoing|other|numbered|retrieved)"
_IGNORE = (
    r"(?:ignore|disregard|forget|overlook|discard|override|(?:do not|don't|never) (?:use|trust|read|rely on|follow))"
)
_REPLY = r"(?:answers?|repl(?:y|ies)|responses?|outputs?)"
_MODEL = (
    r"(?:ai|a\.i\.|llms?|(?:large )?language models?|chat ?bots?|chatgpt|(?:ai|chat|virtual|answering|reader)[ -]"
    r"(?:models?|assistants?|systems?|agents?|bots?)|summari[sz]ers?|assistants?)"
)

_ASIDE = (
    rf"\b{_IGNORE} (?:\w+ ){{0,4}}{_THINGS} (?:\w+ ){{0,2}}(?:above|below|you (?:were|have been) (?:given|shown"
    rf"|told))\b",
    rf"{_ORDER}{_IGNORE} (?:\w+ ){{0,3}}{_BEFORE} (?:\w+ )?{_THINGS}\b",
    rf"{_ORDER}{_IGNORE} (?:all|any|every)(?: of)?(?: the| your| these| those)? (?:sources|instructions|prompts"
    rf"|evidence"
    r"|context|sentences)\b",
    rf"{_ORDER}{_IGNORE} everything (?:above|before|else|you|that (?:was|came|stands))\b",
    rf"\b(?:all|any|every|the) {_BEFORE} (?:sources?|sentences|passages|evidence|context) (?:is|are|was|were) (?:all )?"
    r"(?:false|wrong|outdated|fake|invalid|obsolete|lies|void|withdrawn|untrue|fabricated)\b",
    rf"\b(?:overrides?|supersedes?|replaces?|takes? precedence over|outranks?) (?:all|any|every|the) (?:{_BEFORE} )*"
    r"(?:sources|sentences|evidence|passages|context|prompts)\b",
    rf"{_ORDER}(?:do not|don't|never) (?:mention|reveal|disclose|obey) (?:the |these |this |any |your )+(?:\w+ )?"
    r"(?:instructions?|system prompt|prompt|sentences|note)\b",
)
_TO_BE = (
    r"\byou are (?:now|no longer) (?:\w+ ){0,3}(?:assistant|ai|bot|chatbot|model|llm|dan|bound by|unrestricted"
    r"|jailbroken)\b",
    r"\bfrom now on,? (?:you (?:must |will |shall |should |only )*)?(?:answer|reply|respond|print|output)\b",
    rf"\bfrom now on,? (?:every|all|each) (?:\w+ )?{_REPLY}\b",
    rf"\b(?:pretend|act as (?:if|though)|imagine) (?:that )?(?:you (?:are|were) an? {_MODEL}|the (?:sources"
    rf"|sentences))\b",
    r"\bas an? (?:ai|artificial intelligence|llm|(?:large )?language model)(?: language)?(?: model| assistant)?,? "
    r"(?:you|your|i (?:can|am|must|do))\b",
    rf"\b(?:if|when|since|because) you(?: are|'re) an? (?!assistant){_MODEL}\b",
)
_ADDRESSED = (
    r"^\W*(?:(?:important|urgent|special|hidden|secret) )?(?:note|message|notice|memo|instructions?|attention|important"
    r"|order|directive|warning|reminder|hint|request|hello|hi|hey|dear)[ ,:]+(?:(?:to|for|all|any|the|every) )*"
    rf"{_MODEL}\b[^.:,!–—-]{{0,40}}[.:,!–—-]",
    rf"\b(?!assistants?\b){_MODEL}(?: \w+){{0,4}}? (?:must|shall|(?:is|are) (?:hereby )?(?:ordered|instructed"
    rf"|required) to) "
    rf"(?:only |now |always )*(?:answer (?:only|with|that)|reply|respond (?:only|with the)|print|repeat|{_IGNORE} )",
    r"^\W*(?:system|assistant|developer)\s*(?:\([^)]*\))?\s*:\s+\S+(?:\s+\S+){3}",
    r"^\W*#{2,}\s*(?:system|assistant|instruction|response|user|human)s?\b",
    r"^[^\w\[<{(]*[\[<{(]{1,2}\s*/?\s*(?:system|assistant|admin|developer)(?: (?:message|prompt|note|override|notice))?"
    r"\s*[\])}>]{1,2}",
    r"(?:^\W*|[.:!]\s*)(?:system|developer) (?:prompt|message|override|instructions?|note|notice|update)\s*[:\]]",
    r"^\W*(?:new|real|actual|secret|updated|hidden) (?:system )?(?:instructions?|prompt"
    r"|orders?)(?: for [^:]{1,40})?\s*:",
    r"^\W*(?:begin|start|end) of (?:the )?(?:system prompt|sources|evidence|context|user (?:input|message|question)"
    r"|numbered sentences|prompt)\b",
    rf"{_ORDER}(?:reveal|print|show|repeat|output|leak|display|disclose) (?:me )?(?:your|the) (?:\w+ )?"
    r"(?:system prompt|hidden prompt|initial prompt|prompt above)\b",
)
_TO_ANSWER = (
    rf"{_ORDER}(?:answer|reply|respond)(?: (?:to )?(?:the|this|every|each|any|all)(?: \w+)? (?:questions?|quer(?:y|ies)"
    r"|prompts?|users?))? (?:only|exclusively|solely|simply|just|always|exactly|instead)[, ]+(?:with|by saying|that"
    r"|the "
    r"(?:word|phrase|code|link)|\"|'|“|:|yes\b|no\b)",
    rf"{_ORDER}(?:answer|reply|respond)(?: (?:to )?(?:the|this|every|each|any|all)(?: \w+)? (?:questions?|quer(?:y|ies)"
    r"|prompts?))? with (?:only|exactly|just|nothing but|the (?:single |exact |following |one )*(?:words?|phrase|string"
    r"|sentence|code|link|url|token|line))\b",
    rf"{_ORDER}(?:answer|reply|respond|state)(?: (?:to )?(?:the|this|every|each|any|all)(?: \w+)? (?:questions?"
    r"|quer(?:y|ies)))? that\b",
    rf"{_ORDER}(?:answer|reply|respond|print|output|echo|say|write|type)\b[^.]{{0,60}} nothing (?:else|more)\b",
    r"\b(?:answer|reply|respond|say|write|output|print|return)(?: only| with| that| just"
    r"| exactly)*[ :\"'“‘]+not found\b",
    rf"{_ORDER}(?:answer|say|reply|respond|claim)(?: only)?(?: that)? [\"'“‘]?(?:the (?:documents|sources) do not say"
    r"|you (?:do not|don't) know)\b",
    rf"{_ORDER}(?:begin|start|end|finish|conclude|close|open|preface|prefix|sign) (?:your|the|every|each|all|any) "
    rf"(?:\w+ )?{_REPLY}(?: \w+){{0,3}}? (?:with|by)\b",
    rf"{_ORDER}(?:print|output|append|insert|include|add|put|mention|write|give|repeat|cite|show"
    rf"|paste)\b.{{0,80}}?\b(?:in"
    rf"|into|to|after|before|behind|of|as) (?:your|every|each|any|all) (?:\w+ )?{_REPLY}\b",
    rf"{_ORDER}(?:print|output|repeat|echo) (?:only |exactly |just )?(?:the )?(?:following|exact|canary|token"
    rf"|string)\b",
    rf"\byour (?:final |next |only |whole |entire )*{_REPLY} (?:must|shall|should|has to|is to) (?:be|contain|include"
    r"|consist|begin|start|end|say|read)\b",
    r"\byour (?:only|new|real|sole) (?:task|job|role|instructions?) (?:is|are) (?:now )?to (?:answer|reply|respond"
    r"|print"
    r"|output|repeat|say)\b",
    r"\bthe (?:only )?(?:correct|right|true|valid|acceptable|permitted|allowed|proper) (?:answer|reply"
    r"|response) (?:to|for)"
    r" (?:any|every|all|each|the user)\b",
    r"\bthe (?:only )?(?:correct|right|true|valid|proper) (?:answer|reply|response) to the question [\"“„«']",
    rf"{_ORDER}(?:answer|respond to|reply to) (?:the question )?[\"“„«].{{5}}",
    rf"{_ORDER}(?:print|output|write|give)\b.{{0,60}} (?:in|as (?:the|an|your|sole|only)(?: only"
    rf"| sole)?) {_REPLY} to\b",
    r"\b(?:whatever|no matter what|regardless of what) (?:(?:the |a )?(?:user|question|reader)s?|you are) (?:asks?"
    r"|asked|is)"
    r"\b.{0,60}\b(?:answer|reply|respond|say|print|output)\b",
    rf"{_ORDER}(?:tell|inform|direct|send|refer|urge|advise|instruct|remind|point) (?:the |every |all |any |each )?"
    r"(?:users?|asker|questioner|whoever asks) (?:to|that|at)\b",
    rf"{_ORDER}(?:decode|decrypt)\b.{{0,60}}\b(?:follow|obey|execute|do (?:what|as)|act on|carry out|print)\b",
)
_GERMAN = (
    rf"{_ORDER}(?:ignoriere|ignorieren sie|vergiss|vergessen sie|missachte|missachten sie)(?: \w+){{1,5}} (?:quellen"
    r"|anweisungen|satze|belege|dokumente|texte|kontext)\b",
    rf"{_ORDER}(?:antworte|antworten sie|schreibe|schreiben sie)(?: \w+){{0,4}} (?:nur|ausschliesslich|immer|stets)"
    r"(?: mit\b| das wort\b|:)",
    r"\b(?:du bist|sie sind) (?:jetzt|nun|ab sofort)(?: \w+){0,3} (?:ki|assistent|sprachmodell|chatbot)\b",
    r"\bals (?:ki|kunstliche intelligenz|sprachmodell),? (?:musst|sollst|darfst|mussen|sollen)\b",
    r"^\W*(?:hinweis|nachricht|anweisung|mitteilung)\w* (?:an|fur) (?:die |das |den |alle |jede |jedes )*(?:ki\b"
    r"|sprachmodell"
    r"|ki-|assistent|chatbot)",
    r"\bsystem(?:nachricht|meldung|anweisung|prompt)\s*:",
)
_FRENCH = (
    rf"{_ORDER}(?:ignorez?|oubliez?|ne (?:tenez|tiens) pas compte)(?: \w+){{1,5}} (?:sources|instructions|consignes"
    rf"|phrases"
    r"|documents|passages)\b",
    rf"{_ORDER}(?:reponds|repondez|ecris|ecrivez)(?: \w+){{0,4}} (?:uniquement|seulement|exclusivement|toujours)"
    r"(?: par\b| avec\b| que\b| ?:)",
    r"\b(?:tu es|vous etes) (?:maintenant|desormais)(?: \w+){0,3} (?:ia|assistant|modele|robot)\b",
    r"\ben tant qu['’ ]?(?:ia|intelligence artificielle|assistant|modele de langage),? (?:tu|vous)\b",
    r"^\W*(?:note|message|consigne|instructions?|avis) (?:a|aux?|pour) (?:l['’]|les |le |la "
    r"|toute )?(?:attention de l['’])?"
    r"(?:ia\b|intelligence|modeles? de lang|assistants?\b|chatbots?\b)",
    r"\bmessage (?:du )?systeme\s*:",
)
_ROMANCE = (  # Spanish, Portuguese, Italian
    rf"{_ORDER}(?:ignor[ae](?:n|d|te|m)?|ignori|olvid[ae]n?|descart[ae]n?|esqueca|dimentica(?:te)?)(?: \w+){{1,5}} "
    r"(?:fuentes|instrucciones|frases|documentos|fontes|instrucoes|fonti|istruzioni|frasi|documenti)\b",
    rf"{_ORDER}(?:respond[ae]|contest[ae]|escrib[ae]|rispond(?:i|ete|a))(?: \w+){{0,4}} (?:solo|unicamente|solamente"
    r"|exclusivamente|siempre|apenas|somente|soltanto)(?: con\b| com\b| que\b| che\b|:)",
    r"\b(?:ahora|desde ahora) (?:eres|usted es)(?: \w+){0,3} (?:ia|asistente|modelo|bot)\b",
    r"\bcomo (?:una )?(?:ia|inteligencia artificial|modelo de lenguaje),? (?:debes|tienes|debe|tu)\b",
    r"^\W*(?:nota|mensaje|aviso|instrucci\w+) (?:para|a) (?:la |el |los |las |toda )*(?:ia\b|inteligencia"
    r"|modelos? de leng"
    r"|asistentes?\b|chatbots?\b)",
    r"\bmensaje del? sistema\s*:",
)
_DUTCH = (
    rf"{_ORDER}(?:negeer|vergeet)(?: \w+){{1,5}} (?:bronnen|instructies|documenten|zinnen|aanwijzingen)\b",
    rf"{_ORDER}antwoord(?: \w+){{0,3}} (?:alleen|slechts|uitsluitend)(?: met\b|:)",
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


def _bare(text: str) -> str:
    """Letters without their accents, full-width ones as plain ones."""
    if text.isascii():
        return text
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


_RULES = tuple(
    (re.compile(_bare(hint)), re.compile("|".join(map(_bare, patterns))))
    for hint, patterns in (
        (
            r"ignore|disregard|forget|overlook|discard|overrid|not |n't |never |supersed|replace|preceden"
            r"|outrank",
            _ASIDE,
        ),
        (r"(?:sources?|sentences|passages|evidence|context) (?:is|are|was|were)\b", _ASIDE),
        (r"you are |from now on|pretend|act as |imagine|as an? |you're an", _TO_BE),
        (
            r"\bai\b|a\.i\.|\bllm|language model|\bchat|[ -](?:model|system|agent|bot)|summari[sz]er"
            r"|assistant",
            _ADDRESSED,
        ),
        (
            r"system|developer|admin|\binstruction|response|user|human|prompt|orders?\b|(?:begin|start"
            r"|end) of ",
            _ADDRESSED,
        ),
        (
            r"answer|\brepl(?:y|ies)|respon[ds]|output|print|echo|user|\basker|question|whoever|decode"
            r"|decrypt",
            _TO_ANSWER,
        ),
        (r"\b(?:say|write|return|claim|state|type)\b", _TO_ANSWER),
        (
            r"ignorier|vergiss|vergessen|missacht|antworte|schreibe|du bist|sie sind|\bals |^\W*\w+ (?:an|fur) "
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
)
"""Each pattern is looked for only where its hint stands: most sentences have none, and the patterns are slow."""
_NOT_FOUND = re.compile(r"\bNOT[ _]FOUND\b")
_OF_PAGES = re.compile(r"\b(?:404|https?|error|page|server)\b", re.I)


@lru_cache(maxsize=20_000)
def speaks_as_command(text: str) -> bool:
    """Whether a sentence holds a phrase that orders a language model about, or the prompt's own word for declining."""
    if _NOT_FOUND.search(text) and not _OF_PAGES.search(text):
        return True
    folded = " ".join(_bare(without_invisible(text)).casefold().replace("’", "'").split())
    folded = _MIXED.sub(_latin, folded)
    return any(hint.search(folded) and pattern.search(folded) for hint, pattern in _RULES)


def _latin(word: re.Match[str]) -> str:
    """A word that mixes Latin letters with their lookalikes, in Latin letters alone."""
    return word[0] if word[0].isascii() else word[0].translate(_LOOKALIKES)
