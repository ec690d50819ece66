"""The help of the commands in Chinese, by its English text; a test sees to it that none is missing."""

from __future__ import annotations

from typing import Any

HELP = {
    "Trace bulk-sold IoT SIM cards from the carrier to the end user, with the proof for each step.": (
        "追查批量销售的物联网卡：从运营商到最终使用人，每一步都有出处。"
    ),
    "Make the example case, trace a seized card and audit its registrant.": (
        "建立示例案件，追查一张被扣押的卡，并核查其登记企业。"
    ),
    "Load record files, into a new case if there is none.": "载入记录文件；案件不存在时新建。",
    "Find who registered, passed on and used a card.": "查明谁开户、谁转手、谁使用了一张卡。",
    "Account for every card that an enterprise bought from carriers.": "核算一家单位向运营商采购的每一张卡的去向。",
    "Name, credit code or id of an enterprise.": "单位的名称、统一社会信用代码或标识。",
    "Every enterprise that bought from a carrier, the largest first.": "所有向运营商采购的单位，采购量大者在前。",
    "Show from whom a party got cards and to whom it passed them.": "显示一个主体的卡从何而来、转给了谁。",
    "Name, number or id of a company or person.": "企业或个人的名称、证件号码或标识。",
    "Say what a number is; needs no case.": "说明一个号码本身的含义；无需案件。",
    "Show what is in the case.": "显示案件中的内容。",
    "Check that sources, rows and database agree.": "核对来源文件、记录行与数据库。",
    "Make mapping files for unknown headings.": "为无法识别的表头制作映射文件。",
    "Write a first mapping for a file, to be completed by hand and given to load --mapping.": (
        "为文件写出映射初稿，人工补全后用于 load --mapping。"
    ),
    "The case to work on. [env var: GRAPHTRACE_CASE]": "要处理的案件。[环境变量 GRAPHTRACE_CASE]",
    "Answer in JSON.": "以 JSON 回答。",
    "Write the answer to FILE; its ending says the format.": "把回答写入 FILE，格式由扩展名决定。",
    "No progress and no notes.": "不显示进度和附注。",
    "Show everything, however long.": "显示全部内容，不论多长。",
    "Language of the answer. [env var: GRAPHTRACE_LANG; else the system's]": (
        "回答的语言。[环境变量 GRAPHTRACE_LANG，否则随系统]"
    ),
    "Show the version and exit.": "显示版本并退出。",
    "Install completion for the current shell.": "为当前 shell 安装补全。",
    "Show completion for the current shell, to copy it or customize the installation.": "显示当前 shell 的补全脚本。",
    "Where to put it.": "放在哪里。",
    "CSV, TSV, XLSX, XLS, Parquet, JSON Lines.": "CSV、TSV、XLSX、XLS、Parquet、JSON Lines。",
    "What the records are, where the file does not say.": "文件未写明时，记录的类型。",
    "A mapping file, where the headings are unknown.": "表头无法识别时所用的映射文件。",
    "Read and check, but write nothing.": "只读取和检查，不写入。",
    "ICCID, part of one (? and *), MSISDN, IMSI or IMEI.": "ICCID（可含 ? 和 *）、MSISDN、IMSI 或 IMEI。",
    "More of them: one a line, or a table with a column of them; - reads the input.": (
        "号码清单：每行一个，或表格中的一列；- 读标准输入。"
    ),
    "Answer with what the case held at the end of that day.": "按该日终了时案件所载内容回答。",
    "Exit with 5 when there is a finding of this severity or above.": "有此级别或以上的发现时以 5 退出。",
    "Any number of a card, device, company or person.": "卡、设备、企业或个人的任何号码。",
    "The file whose headings are unknown.": "表头无法识别的文件。",
}


def speak_chinese(command: Any) -> None:
    """Put the Chinese help in the place of the English one, in ``command`` and in all commands below it."""
    for spoken in (command, *command.params):
        spoken.help = HELP.get(spoken.help, spoken.help)
    for below in getattr(command, "commands", {}).values():
        speak_chinese(below)
