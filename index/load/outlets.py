"""Names of news agencies and outlets: facts of the trade, so that a by-line or an address can be read."""

from __future__ import annotations

import re

AGENCIES: frozenset[str] = frozenset(
    {
        "AA", "AAP", "AFP", "Agence France-Presse", "ANI", "ANSA", "AP", "APA", "Associated Press", "Anadolu",
        "Anadolu Agency", "Belga", "Bloomberg", "BTA", "CNS", "CTK", "DPA", "EFE", "IANS", "Interfax", "IRNA", "Kyodo",
        "Kyodo News", "MTI", "NTB", "PA", "PA Media", "PAP", "Press Trust of India", "PTI", "Reuters", "RIA Novosti",
        "Ritzau", "TASS", "The Associated Press", "The Canadian Press", "TT", "UNI", "UPI", "Xinhua", "Yonhap",
    }
)  # fmt: skip

GENERIC_BYLINES = frozenset({"agencies", "agency", "staff", "staff reporter", "editor", "admin", "news desk", "desk"})

OUTLETS_BY_DOMAIN: dict[str, str] = {
    "abc.net.au": "ABC News", "afp.com": "AFP", "aljazeera.com": "Al Jazeera", "apnews.com": "AP",
    "axios.com": "Axios", "bangkokpost.com": "Bangkok Post", "bbc.co.uk": "BBC", "bbc.com": "BBC",
    "bloomberg.com": "Bloomberg", "cbsnews.com": "CBS News", "cnbc.com": "CNBC", "cnn.com": "CNN",
    "dailymail.co.uk": "Daily Mail", "dw.com": "Deutsche Welle", "economist.com": "The Economist",
    "elpais.com": "El País", "euronews.com": "Euronews", "foxnews.com": "Fox News", "france24.com": "France 24",
    "ft.com": "Financial Times", "guardian.co.uk": "The Guardian", "haaretz.com": "Haaretz",
    "hindustantimes.com": "Hindustan Times", "independent.co.uk": "The Independent",
    "indianexpress.com": "The Indian Express", "indiatimes.com": "The Times of India",
    "interfax.com": "Interfax", "irishtimes.com": "The Irish Times", "irrawaddy.com": "The Irrawaddy",
    "japantimes.co.jp": "The Japan Times", "jpost.com": "The Jerusalem Post",
    "kyivindependent.com": "The Kyiv Independent",
    "latimes.com": "Los Angeles Times", "lemonde.fr": "Le Monde", "mizzima.com": "Mizzima",
    "moscowtimes.com": "The Moscow Times", "nbcnews.com": "NBC News", "nikkei.com": "Nikkei",
    "npr.org": "NPR", "nytimes.com": "The New York Times", "politico.com": "Politico", "politico.eu": "Politico",
    "reuters.com": "Reuters", "rferl.org": "RFE/RL", "rt.com": "RT", "scmp.com": "South China Morning Post",
    "sky.com": "Sky News", "smh.com.au": "The Sydney Morning Herald", "spiegel.de": "Der Spiegel",
    "straitstimes.com": "The Straits Times", "tass.com": "TASS", "telegraph.co.uk": "The Telegraph",
    "theatlantic.com": "The Atlantic", "theguardian.com": "The Guardian", "thehindu.com": "The Hindu",
    "themoscowtimes.com": "The Moscow Times", "thetimes.co.uk": "The Times", "time.com": "Time",
    "usatoday.com": "USA Today", "voanews.com": "VOA", "vox.com": "Vox", "washingtonpost.com": "The Washington Post",
    "wsj.com": "The Wall Street Journal", "xinhuanet.com": "Xinhua", "yonhapnews.co.kr": "Yonhap",
}  # fmt: skip


def outlet_of_address(host: str) -> str:
    """The outlet's name for a host, or its registered domain when it is not in the table."""
    labels = re.sub(r":\d+$", "", host.lower()).split(".")
    for first in range(len(labels) - 1):
        domain = ".".join(labels[first:])
        if domain in OUTLETS_BY_DOMAIN:
            return OUTLETS_BY_DOMAIN[domain]
    return ".".join(labels[1:] if labels[0] == "www" else labels)
