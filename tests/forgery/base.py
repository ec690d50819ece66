"""The case that is forged: small, and with everything that a case folder can hold."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from tests.in_process import run_command

CARDS = [f"89860123061000{n:05d}" for n in range(1000, 1010)]
"""Nineteen characters each: the key of a card without its check digit."""
XINGHAI = "星海智联科技有限公司"
CODE = "91310115MA1K35XR7B"
PURPOSE = "2024-017"

SALES = f"""运营商,企业名称,统一社会信用代码,日期,起始ICCID,结束ICCID,数量
中国联通,{XINGHAI},{CODE},2024-03-01,{CARDS[0]},{CARDS[-1]},10
中国联通,{XINGHAI},{CODE},2024-03-02,8986012306100002000,8986012306100002049,50
中国联通,{XINGHAI},{CODE},待定,8986012306100003000,8986012306100003049,50
中国联通,{XINGHAI},{CODE},2024-03-03,8986012306100004049,8986012306100004000,50
合计,,,,,,160
"""
TRANSFERS = f"""转出方,转入方,日期,卡号,渠道,单价,备注
{XINGHAI},老K,2024-03-05,{CARDS[0]},微信,12.5,首批
{XINGHAI},老K,2024-03-05,{CARDS[1]},微信,12.5,
{XINGHAI},北川通信器材经营部,2024-03-06,{CARDS[2]},快递,11,
老K,王五,2024-04-01,{CARDS[0]},QQ,20,
老K,赵六,2024-04-02,{CARDS[1]},QQ,20,
老 K,孙七,2024-05-01,{CARDS[3]},QQ,22,
王五,周八,2024-05-03,8986012306,QQ,30,
,周八,2024-05-03,{CARDS[4]},QQ,30,
"""
FOREIGN = f"""出貨日期,買方,卡號
2024-03-10,陳大文,{CARDS[5]}
2024-03-11,李小明,{CARDS[6]}
"""
MAPPING = """kind: transfer
header_row: 1
columns:
  date: 出貨日期
  to: 買方
  iccid: 卡號
literals:
  from: 港通電訊貿易行
  channel: 线下
"""
ACTIVATED = f"""iccid,msisdn,imei,user,activated_at,province,city
{CARDS[0]},14700001000,860999000010008,王五,2024-04-03 10:00:00,云南,昆明
{CARDS[1]},14700001001,860999000010008,赵六,2024-04-04 11:30:00,云南,昆明
{CARDS[2]},14700001002,,,2024-04-05 09:15:00,广东,深圳
{CARDS[7]},,86099900001,,2024-04-06 09:15:00,,
89860123,,,,2024-04-06 09:15:00,,
"""
SEIZURES = f"""案件编号,查获日期,卡号,持有人,扣押地点
Y-2024-7,2024-06-01,{CARDS[0]},王五,云洲
Y-2024-7,2024-06-01,{CARDS[1]},马晓东,云洲
"""
USAGE = f"""卡号,开始时间,时长,小区
{CARDS[0]},2024-04-07 08:00:00,60,460-01-1-1
{CARDS[2]},2024-04-08 09:00:00,61,460-01-1-2
"""
PERSONS = """姓名,证件号码,联系电话
王五,110101199003070011,13800000001
赵六,110101199003070038,13800000002
"""
WITHDRAWN = f"""转出方,转入方,日期,卡号
赵六,钱九,2024-05-09,{CARDS[1]}
"""
AGAIN = f"""转出方,转入方,日期,数量
{XINGHAI},老K,2024-03-20,30
{XINGHAI},北川通信器材经营部,2024-03-21,5
"""
ASKED = f"""日期,买方,卡号
2024-03-12,吴十,{CARDS[8]}
"""
UNREADABLE = "本月工作情况良好。\n"


def _json_line(row: dict[str, str]) -> str:
    return json.dumps({name: cell for name, cell in row.items() if cell}, ensure_ascii=False) + "\n"


def make(folder: Path) -> Path:
    """Load files of several formats; correct, judge, note, ask, write letters; return the case ``x.gtrace``."""
    folder.mkdir(parents=True, exist_ok=True)
    files = folder / "files"
    files.mkdir()
    texts = {
        "sales.csv": SALES,
        "transfers.csv": TRANSFERS,
        "foreign.csv": FOREIGN,
        "foreign.yml": MAPPING,
        "seizures.csv": SEIZURES,
        "usage.csv": USAGE,
        "persons.csv": PERSONS,
        "withdrawn.csv": WITHDRAWN,
        "asked.csv": ASKED,
        "report.txt": UNREADABLE,
        "activations.jsonl": "".join(map(_json_line, csv.DictReader(io.StringIO(ACTIVATED)))),
    }
    for name, text in texts.items():
        (files / name).write_text(text, encoding="utf-8")
    book = openpyxl.Workbook()
    sheet = book.active
    for line in AGAIN.splitlines():
        sheet.append(line.split(","))
    sheet.title = "出库"
    other = book.create_sheet("退货")
    for row in (("转出方", "转入方", "退货日期", "卡号"), ("赵六", "老K", "2024-04-20", CARDS[1])):
        other.append(row)
    book.save(files / "ledger.xlsx")
    stock = {"企业名称": [XINGHAI], "盘点日期": ["2024-06-30"], "库存": [12], "已售": [48]}
    pq.write_table(pa.table(stock), files / "stock.parquet")
    case = folder / "x.gtrace"

    def run(*words: str, code: tuple[int, ...] = (0,)) -> str:
        done = run_command(["--case", str(case), "--lang", "en", "--purpose", PURPOSE, *words])
        if done.returncode not in code:
            raise RuntimeError(f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def load(name: str, *options: str, code: tuple[int, ...] = (0,)) -> None:
        run("load", str(files / name), *options, code=code)

    digest = hashlib.sha256(SEIZURES.encode()).hexdigest()
    load("sales.csv")
    run("status", "--set", "number=Y-2024-7", "--set", "unit=云洲市公安局", "--set", "officer=陈警官", "--by", "陈")
    load("transfers.csv")
    load("foreign.csv", "--mapping", str(files / "foreign.yml"))
    load("activations.jsonl")
    load("ledger.xlsx")
    load("stock.parquet")
    load("seizures.csv", "--reply", "函1", "--hash", f"SHA256:{digest}", "--seal", "yes")
    load("usage.csv")
    load("persons.csv")
    load("withdrawn.csv")
    load("asked.csv", "--set", "from=老K")
    load("report.txt", code=(0, 2))
    run("unload", "withdrawn.csv", "--why", "另案材料", "--who", "陈")
    run("correct", "transfers.csv:3", "--why", "笔误", "--who", "陈")
    run("correct", "transfers.csv:4", "--why", "误", "--who", "陈")
    run("correct", "transfers.csv:4", "--undo", "--why", "无误", "--who", "陈")
    run("resolve", "王五", "周八", "--different", "--why", "两人", "--by", "陈", code=(0, 1, 2))
    run("resolve", "陳大文", "吴十", "--same", "--why", "同一电话", "--by", "李")
    run("resolve", "孙七", "赵六", "--unsure", "--why", "不能确定", "--by", "李")
    run("resolve", "孙七", "李小明", "--same", "--why", "误", "--by", "李")
    run("resolve", "--undo", "3", "--why", "更正", "--by", "李", code=(0, 1, 2))
    run("watch", "add", CARDS[9], "老K", "--why", "关注", "--by", "陈")
    run("watch", "add", "13800000002", "--why", "电话", "--by", "陈")
    run("watch", "remove", "13800000002", "--why", "不需要", "--by", "陈")
    run("pin", CARDS[0], "--words", "查获的卡", "--by", "陈")
    run("pin", "--audit", XINGHAI, "--words", "审计", "--by", "陈")
    run("pin", "--party", "老K", "--by", "陈")
    run("pin", "--remove", "3", "--by", "陈", code=(0, 1, 2))
    letters = json.loads(run("letters", "--by", "陈", "-o", str(folder / "letters"), "--json"))
    reference = letters["letters"][0]["reference"]
    run("letters", "--state", f"{reference}=sent", "--note", "挂号", "--by", "陈")
    for name, words in {
        "trace.json": ["trace", *CARDS[:4]],
        "trace.jsonl": ["trace", *CARDS[:3]],
        "audit.json": ["audit", XINGHAI],
        "trace.xlsx": ["trace", CARDS[0]],
        "trace.html": ["trace", CARDS[0]],
    }.items():
        run(*words, "-o", str(folder / name))
    run("party", "老K")
    run("common", *CARDS[:3])
    run("report", "-o", str(folder / "report.html"))
    run("bundle", str(case), str(folder / "bag"))
    return case
