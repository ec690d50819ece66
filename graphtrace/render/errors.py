"""What the errors that people meet most say in Chinese, by their English text; what is not here stays English.

An error carries its text, not a code for each sentence. ``{name}`` in a text stands for whatever is written there; what
it stands for is looked up too, as errors of the system and of a server stand within ours. A test sees to it that every
English text is one that the program says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from graphtrace.render import Lang

OF_TYPER: Final[Mapping[str, str]] = {
    "No such command '{name}'.": "没有命令“{name}”。",
    "No such command '{name}'. Did you mean '{near}'?": "没有命令“{name}”。是否指“{near}”？",
    "No such command '{name}'. Did you mean '{near}', '{far}'?": "没有命令“{name}”。是否指“{near}”或“{far}”？",
    "No such option: {name}": "没有选项 {name}",
    "No such option: {name} (Possible options: {near})": "没有选项 {name}。是否指 {near}？",
    "Missing argument '{name}'.": "缺少参数 {name}。",
    "Missing option '{name}'.": "缺少选项 {name}。",
    "Missing command.": "缺少命令。",
    "Option '{name}' requires an argument.": "选项 {name} 需要一个值。",
    "Got unexpected extra argument(s) ({text})": "多余的参数（{text}）",
    "Invalid value for '{name}': {what}": "{name} 的值有误：{what}",
}
"""What Typer says of arguments."""

CHINESE: Final[Mapping[str, str]] = {
    **OF_TYPER,
    # the case
    "no case is named": "没有指明案件",
    "a name is for the input": "--name 只用于标准输入",
    "load - --name NAME.csv": "load - --name 名称.csv",
    "the input has no name": "标准输入没有名称",
    "say what it is called: load - --name NAME.csv": "请给出名称：load - --name 名称.csv",
    "the input can be read once only": "标准输入只能读取一次",
    "name - once": "- 只写一次",
    "this command has no results to write line by line": "此命令没有可逐行写出的结果",
    "say --json": "请用 --json",
    "pandas is not installed": "未安装 pandas",
    "pip install pandas, or ask for to_polars() or to_arrow()": (
        "执行 pip install pandas，或改用 to_polars()、to_arrow()"
    ),
    "this case is asked in {language}": "本案件只能用 {language} 查询",
    "case.{language}(…); docs/model.md says what it can read": "用 case.{language}(…)；可查询的内容见 docs/model.md",
    "say --case PATH or set {variable}": "用 --case 路径 指明，或设置 {variable}",
    "{folder} is no case: it holds no {database}": "{folder}不是案件：其中没有{database}",
    "{address} holds no case": "{address}中没有案件",
    "make it by loading files: graphtrace --case {case} load FILE…": (
        "载入文件即可建立：graphtrace --case {case} load 文件…"
    ),
    "{folder} is being written by another process": "{folder}正由另一进程写入",
    "{folder} is being written by another process: PID {pid}, graphtrace {task} since {time}": (
        "{folder}正由另一进程写入：PID {pid}，graphtrace {task}，始于 {time}"
    ),
    "{folder} is being read by another process, and cannot be written meanwhile": (
        "{folder}正被另一进程读取，暂时不能写入"
    ),
    "{folder} is being read by another process: PID {pid}, and cannot be written meanwhile": (
        "{folder}正被另一进程读取（PID {pid}），暂时不能写入"
    ),
    "{folder} is being read by this program, and cannot be written meanwhile": "{folder}正被本程序读取，暂时不能写入",
    "try again when it has ended, or say how many seconds to wait for it: --wait 600": (
        "等它结束后再试，或用 --wait 600 指定等待的秒数"
    ),
    "let its question end or close it, or say how many seconds to wait for it: --wait 600": (
        "等它的提问结束或将其关闭，或用 --wait 600 指定等待的秒数"
    ),
    "{seconds} seconds cannot be waited": "不能等待 {seconds} 秒",
    "give 0 or more": "给出 0 或更大的数",
    "{path} is a symbolic link, and no part of a case is one": "{path}是符号链接，案件的任何部分都不得是链接",
    "put the file itself in its place, or restore the case folder from a copy": (
        "换成文件本身，或用副本恢复案件文件夹"
    ),
    "{path} has another name elsewhere (a hard link), where it would be changed too": (
        "{path}在别处还有另一个名称（硬链接），写入会同时改动那里的文件"
    ),
    "copy the case folder and work on the copy": "复制案件文件夹，在副本上操作",
    "{path} is no folder": "{path}不是文件夹",
    "{path} is no regular file": "{path}不是普通文件",
    "{path} is larger than any that graphtrace writes": "{path}大于 graphtrace 写出的任何此类文件",
    "{path} lies in the case folder {folder}, where only the case itself is written": (
        "{path}位于案件文件夹{folder}之内，其中只能存放案件本身"
    ),
    "name a place outside of it": "指定案件之外的位置",
    "{path} is read by this command and cannot be written by it": "本命令要读取{path}，不能同时写入它",
    "name another file": "指定另一个文件",
    "{folder} belongs to somebody else": "{folder}属于他人",
    "set TMPDIR to a folder that only you may write to": "把 TMPDIR 设为只有您可写的文件夹",
    "set TMPDIR to a folder that you may write to": "把 TMPDIR 设为您可写的文件夹",
    "{folder}: scratch files cannot be written on its disk: {why}": "无法在{folder}所在磁盘写入临时文件：{why}",
    "see to room on that disk and the right to write, then try again: the case is as it was": (
        "腾出该磁盘的空间并检查写入权限，再试；案件未变"
    ),
    "the disk is full": "磁盘已满",
    "see to room on the disk, or name a file on another one": "腾出磁盘空间，或指定另一磁盘上的文件",
    "{folder} is not empty": "{folder}不是空文件夹",
    "name a new or empty folder": "指定新的或空的文件夹",
    "wait until its load has ended, then load again": "等它载入完毕后再载入",
    "{folder} has format {found}, this version reads format {format}": (
        "{folder}的格式为{found}，本版本读取的格式为{format}"
    ),
    "load the original files into a new case with this version": "用本版本把原始文件载入新案件",
    "load the original files into a new database with this version": "用本版本把原始文件载入新数据库",
    "{folder}: its database holds no case": "{folder}：其数据库中没有案件",
    "{folder}: its database holds something that no case has: {object}": (
        "{folder}：其数据库中有案件不应有的对象：{object}"
    ),
    "{folder}: its database lacks the {object}, or it is not that of a case": (
        "{folder}：其数据库缺少案件应有的对象，或该对象已被改动：{object}"
    ),
    "{place}: {count} rows of {table} hold in {column} what no load writes": (
        "{place}：数据表{table}的{column}列有{count}行的值不可能由载入写入"
    ),
    "{place}: its parties or devices are not those of its records": "{place}：其中的主体或设备与记录不符",
    "a line of the ledger cannot be read": "台账中有一行无法读取",
    "make room on the disk, then try again": "腾出磁盘空间后再试",
    "{folder}: the ledger names loads, but {database} is gone": "{folder}：账本记有载入，但{database}不见了",
    "{path}: the ledger names loads that the database does not hold": "{path}：账本所记的载入，数据库中没有",
    "restore the case folder from a copy, or load the original files into a new case": (
        "用副本恢复案件文件夹，或把原始文件载入新案件"
    ),
    "restore it from a copy, or load the original files into a new case": "用副本恢复，或把原始文件载入新案件",
    "restore the case folder from a copy; `graphtrace verify` shows what differs": (
        "用副本恢复案件文件夹；graphtrace verify 会列出不同之处"
    ),
    "check the rights to read and write it": "检查读写权限",
    "{place}: the question needs more memory than it may take": "{place}：回答此问题所需内存超出限额",
    "ask for less, or raise --memory-limit": "缩小提问范围，或调高 --memory-limit",
    "{text} of memory is too little": "内存 {text} 太少",
    "run graphtrace verify": "执行 graphtrace verify",
    "{folder} cannot be written: {why}": "{folder}无法写入：{why}",
    "see to room on the disk and the right to write, then load again: files that were loaded stay loaded": (
        "腾出磁盘空间并检查写入权限，再载入；已载入的文件不受影响"
    ),
    "{text}: the name of a case must be UTF-8": "{text}：案件名称必须为 UTF-8",
    "rename the folder, or name another one": "重命名该文件夹，或指定另一个",
    # what was asked
    "nobody in the case is called {name}": "案件中没有名为{name}的主体",
    "did you mean {nearest}?": "是否指{nearest}？",
    "give a name as some record writes it, or an id": "按记录中的写法给出名称，或给出标识",
    "{count} parties bear the name {name}": "有{count}个主体同名{name}",
    "ask for one of {parties}": "请从中指明一个：{parties}",
    "no record names the card {card}": "没有记录提到卡{card}",
    "graphtrace trace shows the nearest numbers": "graphtrace trace 会列出相近的号码",
    "no carrier is on record as having sold cards to an enterprise": "没有运营商向单位售卡的记录",
    "load the carriers' sales": "请载入运营商的销售记录",
    "{party}: no carrier is on record as having sold it cards, listed or by range": (
        "{party}：没有运营商逐张或按号段向其售卡的记录"
    ),
    "graphtrace party {party} says with whom it dealt": "graphtrace party {party} 显示它与谁往来",
    "{one} and {other} are the same party already: {party}": "{one}与{other}本来就是同一主体：{party}",
    "name two parties: graphtrace resolve A B --same --why …": "指明两个主体：graphtrace resolve A B --same --why …",
    "{one} and {other} were judged already, by judgement {number}": "{one}与{other}已有认定，编号{number}",
    "undo it first: graphtrace resolve --undo {number}": "先撤销它：graphtrace resolve --undo {number}",
    "there is no judgement {number}": "没有编号为{number}的认定",
    "graphtrace resolve --list shows all judgements": "graphtrace resolve --list 列出全部认定",
    "judgement {number} was undone already": "编号{number}的认定已经撤销",
    "judge again to bring it back: graphtrace resolve A B --same --why …": (
        "要恢复请重新认定：graphtrace resolve A B --same --why …"
    ),
    "this contradicts what was judged before: judgements {numbers}": "与先前的认定矛盾：编号{numbers}",
    "undo one of them first: graphtrace resolve --undo {number}": "先撤销其中一项：graphtrace resolve --undo {number}",
    "this would join two carriers: {one} and {other}": "这会合并两家运营商：{one}与{other}",
    "this would join two carriers: {one} and {other}, with judgements {numbers}": (
        "这会与编号{numbers}的认定一起合并两家运营商：{one}与{other}"
    ),
    "two carriers are never one party": "两家运营商不能是同一主体",
    "this would join different credit codes: {codes}": "这会合并不同的信用代码：{codes}",
    "two firms have two codes; if the records are wrong, confirm with --force": (
        "不同的信用代码属于不同的单位；确认记录有误时，用 --force"
    ),
    "a judgement needs its reason": "认定须写明理由",
    "either two parties, --undo or --list": "给出两个主体，或用 --undo，或用 --list",
    "a judgement is about two parties and says one thing": "一项认定须指明两个主体和一个结论",
    "a verdict needs its two parties": "结论须指明两个主体",
    'graphtrace resolve A B --same --why "…", resolve --undo N, or resolve --list': (
        'graphtrace resolve A B --same --why "…"、resolve --undo N 或 resolve --list'
    ),
    "{path} was written with the judgements of its case": "{path}写出时已采用其案件的认定",
    "ask the whole case with --without-judgements": "用 --without-judgements 查整个案件",
    "{path} is a block of a case, and its parties are not judged here": "{path}是案件的一个分块，不在此认定主体",
    "judge them in the whole case, then write the partitions anew": "在整个案件中认定，再重新写出分块",
    "nothing was asked for": "没有给出要查的内容",
    "give at least one ID, or --from-file F": "至少给出一个号码，或用 --from-file F",
    "an audit is of some enterprises or of all, not of both or none": "核查要么指明单位，要么用 --all，二者必居其一",
    "graphtrace audit NAME-OR-ID, or graphtrace audit --all": "graphtrace audit 名称或标识，或 graphtrace audit --all",
    "{text}: more than {most} cards fit": "{text}：符合的卡超过{most}张",
    "give more characters of the number": "多给出号码中的几位",
    "{text} is no day": "{text}不是日期",
    "write it as YYYY-MM-DD": "写作 YYYY-MM-DD",
    "there is no query called {name}": "没有名为{name}的查询",
    "there is no rule {name}": "没有规则{name}",
    # the query library
    "parameter {name} needs a value": "参数 {name} 需要一个值",
    "parameter {name} needs at least one value": "参数 {name} 至少需要一个值",
    "parameter {name} takes {what}": "参数 {name} 应为{what}",
    "parameter {name} takes {what}, not {given}": "参数 {name} 应为{what}，而不是 {given}",
    "a text": "文字",
    "a whole number": "整数",
    "a number": "数字",
    "a day (YYYY-MM-DD)": "日期（YYYY-MM-DD）",
    "true or false": "true 或 false",
    "a name, number or id of a party": "主体的名称、证件号码或标识",
    "a complete ICCID": "完整的 ICCID",
    "{name} needs a value for {missing}": "{name} 需要给出 {missing} 的值",
    "{name} has no parameter {unknown}": "{name} 没有参数 {unknown}",
    "it takes: {names}": "可用的参数：{names}",
    "none": "无",
    "{path}: the header is in the form of an earlier version": "{path}：文件头是早先版本的写法",
    "write it as TOML between /* and */, in one of the files only; {how}": (
        "在 /* 与 */ 之间按 TOML 书写，两个文件中只写一处；{how}"
    ),
    "graphtrace query --show purchases shows an example": "graphtrace query --show purchases 可看示例",
    "{path}: the query has no header": "{path}：查询没有文件头",
    "begin it with /* … */; {how}": "以 /* … */ 开头；{how}",
    "{path}: the header is in {name} already": "{path}：文件头已写在 {name} 中",
    "leave it in one of them; write other comments with -- in SQL, with // in Cypher": (
        "只保留一处；其他注释在 SQL 中用 --，在 Cypher 中用 //"
    ),
    "{path}:{line}: the header is not TOML here": "{path}:{line}：文件头此处不是 TOML",
    'write KEY = "text", every key once, quotes closed': '写作 键 = "文字"，每个键只写一次，引号成对',
    "{path}: header key {key}: {what}": "{path}：文件头中的 {key}：{what}",
    "is missing": "缺失",
    "is no key of a header": "不是文件头的键",
    "the keys are {names}": "可用的键：{names}",
    "is not a whole number from 1 on": "不是从 1 起的整数",
    "count versions from 1": "版本从 1 起计",
    "no parameter can have this name": "参数不能用此名称",
    "give it another name": "换一个名称",
    "can only be true, and only without a default": "只能为 true，且不能另有默认值",
    "leave it out": "去掉它",
    "does not fit the type": "不符合类型",
    "write a value of the type {type}": "写一个 {type} 类型的值",
    "needs a text": "需要文字",
    'write {key}.en = "…" and {zh}.zh = "…", or one of them': '写作 {key}.en = "…" 和 {zh}.zh = "…"，或只写其一',
    "cannot be a name": "不能用作名称",
    "use a-z, 0-9 and _, a letter first": "用 a-z、0-9 和 _，以字母开头",
    "needs keys below it, not a value": "其下应为键，而不是值",
    "is not known": "无法识别",
    "it can be {words}": "可用：{words}",
    "{path}: header key params.{name}: is not used": "{path}：文件头中的 params.{name}：没有用到",
    "use ${name}, or take it out of the header": "在语句中用 ${name}，或从文件头中去掉",
    "{path}:{line}: {mark} is not declared": "{path}:{line}：{mark} 没有声明",
    "declare {name} below [params] in the header": "在文件头的 [params] 下声明 {name}",
    "{path}:{line}: {mark} is no parameter": "{path}:{line}：{mark} 不是参数",
    "write $name, and text in single quotes": "参数写作 $name，文字用单引号",
    "{path}: the library has a query of this name already ({other})": "{path}：查询库中已有同名的查询（{other}）",
    "give yours another name; it is found through {variable}": "自己的查询请另取名称；它由 {variable} 找到",
    "{path}: {name} cannot be typed as a name": "{path}：{name} 不能用作查询名称",
    "use a-z, 0-9 and - between words": "用 a-z、0-9，词间用 -",
    "{name} is written in .{has} only, for {has_case}; this is asked in .{language}": (
        "{name} 只有 .{has} 文件，用于{has_case}；此处须用 .{language}"
    ),
    "write {file}.{language} beside it, without a header, or ask {has_case}": (
        "在旁边写出 {file}.{language}（不带文件头），或查询{has_case}"
    ),
    "a case in a folder": "文件夹中的案件",
    "a case on a server, as it stands now": "服务器上案件的现状",
    "{variable} names {folder}, which is no folder": "{variable} 所指的 {folder} 不是文件夹",
    "set {variable} to a folder, or unset it": "把 {variable} 设为文件夹，或取消设置",
    "{found} are too many for one graph": "{found}太多，一张图画不下",
    # queries and rules of the user's own
    "rule {rule}: {place}": "规则{rule}：{place}",
    "a query is one SELECT, and there is none": "查询应为一条 SELECT 语句，此处没有",
    "a query is one SELECT, not {kind}": "查询应为一条 SELECT 语句，不能是 {kind}",
    "a query is one SELECT, and more follows it": "查询应为一条 SELECT 语句，其后不得再有语句",
    "a query is one SELECT that changes nothing, not {kind}": ("查询应为一条不作任何改动的 SELECT 语句，不能含 {kind}"),
    "the query fails: {why}": "查询执行失败：{why}",
    "a query reads the case and does nothing else: not {what}": "查询只能读取案件，不能使用 {what}",
    "ask with MATCH, WHERE, WITH, UNWIND, CALL { … } and RETURN; put such a name into backticks": (
        "请用 MATCH、WHERE、WITH、UNWIND、CALL { … } 和 RETURN 提问；同名的变量请加反引号"
    ),
    "{escape} hides a letter or sign": "{escape}隐藏了字母或符号",
    "write the letter or sign itself": "请直接写出该字母或符号",
    "{sign} is never closed": "{sign}没有结束",
    "close the text or remark": "请补上文本或注释的结尾",
    "docs/model.md has the graph": "图的结构见 docs/model.md",
    "write one": "请写一条",
    "take everything else out of the file": "删去文件中其余内容",
    "docs/model.md has the views": "可查询的视图见 docs/model.md",
    "docs/rules.md has the relations": "可查询的关系见 docs/rules.md",
    # typed wrongly
    "{command} --help": "{command} --help 说明用法",
    "'{value}' is none of {choices}": "“{value}”不是以下任何一个：{choices}",
    "'{value}' is no whole number": "“{value}”不是整数",
    # files
    "{path}: not a file": "{path}：不是文件",
    "no such file": "没有这个文件",
    "not read: {names}": "未能读取：{names}",
    "check the path and the rights to read it": "检查路径和读取权限",
    "Check the path and the rights to read it.": "检查路径和读取权限。",
    "Check the path.": "检查路径。",
    "check the name of the file; - reads what another program writes": "检查文件名；用 - 读取其他程序的输出",
    "not a file": "不是文件",
    "name a text file that is not large": "请指定不大的文本文件",
    "larger than {size} MiB": "大于 {size} MiB",
    "{path}: cannot be read: {why}": "{path}：无法读取：{why}",
    "name the YAML file of a {what}": "指定{what}的 YAML 文件",
    "mapping": "映射",
    "rule": "规则",
    "{path}: is not UTF-8 text": "{path}：不是 UTF-8 文本",
    "save it as UTF-8": "另存为 UTF-8",
    "{place}: is not YAML: {why}": "{place}：不是 YAML：{why}",
    "{path}: is not YAML: nested too deeply": "{path}：不是 YAML：嵌套过深",
    "put texts with : or # or { into quotes": "含有 : 或 # 或 { 的文字要加引号",
    "{path}: the file is empty": "{path}：文件是空的",
    "Ask for the file again.": "请对方重新提供此文件。",
    "{path}: this is not text": "{path}：不是文本",
    "{path}: the text is neither UTF-8 nor GB 18030 nor Big5": "{path}：文本既非 UTF-8 也非 GB 18030 或 Big5",
    "Open it in the program that wrote it and save the table as XLSX or as CSV in UTF-8.": (
        "用生成它的程序打开，把表格另存为 XLSX 或 UTF-8 编码的 CSV。"
    ),
    "{path}: the ending says no format that is read": "{path}：从扩展名看不出可读的格式",
    "{path}: this is a rich text file": "{path}：这是 RTF 文件",
    "{path}: a web page without a table": "{path}：网页中没有表格",
    "{path}: a Word file without a table": "{path}：Word 文件中没有表格",
    "{path}: the Word file is damaged or cut off ({error})": "{path}：Word 文件已损坏或不完整（{error}）",
    "graphtrace extract FILE finds the numbers in its text.": "graphtrace extract 文件 可找出其文字中的号码。",
    "its merged cells cover more cells than any table has": "合并单元格覆盖的范围超过任何表格",
    "it declares a document type, which no workbook does": "声明了文档类型，正常工作簿没有",
    "it declares a document type, which no Word file does": "声明了文档类型，正常 Word 文件没有",
    "{path}: larger than {size} MiB": "{path}：大于 {size} MiB",
    "Save the table as CSV.": "把表格另存为 CSV。",
    "{path}: is not JSON: {why}": "{path}：不是 JSON：{why}",
    "{path}: there is no JSON object in it": "{path}：其中没有 JSON 对象",
    "Write one JSON object a line, or a list of objects.": "每行写一个 JSON 对象，或写成对象的列表。",
    "{path}: the workbook is encrypted": "{path}：工作簿已加密",
    "Open it with its password and save it without one.": "用密码打开后另存为不加密的文件。",
    "{path}: the workbook is damaged or cut off ({error})": "{path}：工作簿已损坏或不完整（{error}）",
    "Ask for the file again, or open and save it.": "请对方重新提供，或打开后另存。",
    "{path}: the {what} cannot be read ({why})": "{path}：{what}无法读取（{why}）",
    "workbook": "工作簿",
    "Parquet file": "Parquet 文件",
    "{path}: cannot be read: there is not enough memory for it": "{path}：无法读取：内存不足",
    "Open it in the program that wrote it and save the table as CSV.": "用生成它的程序打开，把表格另存为 CSV。",
    "{path}: built in a way that harms its reader: {why}": "{path}：文件结构会危害读取程序：{why}",
    "If the file is genuine, open it in a spreadsheet program and save the table as CSV.": (
        "若文件属实，请用电子表格程序打开，把表格另存为 CSV。"
    ),
    "its parser ran out of memory or time, or crashed: {why}": "解析时内存或时间耗尽，或解析程序崩溃：{why}",
    "its parser said nothing for {seconds} s": "解析程序{seconds}秒没有输出",
    "it took longer than {seconds} s": "解析超过{seconds}秒",
    "it takes more memory than it can hold data": "所需内存远大于其数据量",
    "{path}: a line is longer than {size} MiB": "{path}：有一行超过 {size} MiB",
    "Check that the file is a table with one record a line.": "检查文件是否为每行一条记录的表格。",
    "there is no filled row in which a header could stand": "没有可作表头的非空行",
    "no row of headings is understood; headings seen: {names}": "没有可识别的表头行；见到的表头：{names}",
    "graphtrace mapping suggest {file} writes a first mapping for it": (
        "graphtrace mapping suggest {file} 可写出映射初稿"
    ),
    "{path} is no table, so it has no column {column}": "{path} 不是表格，没有列 {column}",
    "leave --column out": "去掉 --column",
    "{path}: there is no column {column}": "{path}：没有列 {column}",
    "give the heading as it stands, or its letter": "写出表头原文，或列字母",
    "{path}: there is no identifier in it": "{path}：其中没有号码",
    "write one identifier a line": "每行写一个号码",
    "{path}: no heading is that of an ICCID, MSISDN, IMSI or IMEI": "{path}：没有 ICCID、MSISDN、IMSI 或 IMEI 的表头",
    "name the column iccid, or write the identifiers into a text file, one a line": (
        "把该列命名为 iccid，或把号码写入文本文件，每行一个"
    ),
    "{path}: cannot be written: {why}": "{path}：无法写入：{why}",
    "name a file in a folder you may write to": "指定一个可写文件夹中的文件",
    "name a folder in one that you may write to, or end the name with .zip": (
        "指定一个可写文件夹中的文件夹，或使文件名以 .zip 结尾"
    ),
    "{path}: the ending {ending} says no format that this command writes": (
        "{path}：扩展名 {ending} 不是此命令能写的格式"
    ),
    "{path}: the ending {ending} says no format of graphs": "{path}：扩展名 {ending} 不是图的格式",
    "end the name with {endings}": "文件名以 {endings} 结尾",
    "{folder}: there is something else already": "{folder}：其中已有别的内容",
    "name an empty or a new folder": "指定空文件夹或新文件夹",
    # servers
    "the server does not know this user and password": "服务器不认此用户名和密码",
    "set NEO4J_USERNAME and NEO4J_PASSWORD": "设置 NEO4J_USERNAME 和 NEO4J_PASSWORD",
    "there is no such database": "没有这个数据库",
    "the database is not started": "数据库没有启动",
    "this user may not do that": "此用户无权这样做",
    "nobody answers at this port": "此端口无人应答",
    "start the server, or correct the port in the address": "启动服务器，或更正地址中的端口",
    "no machine of this name is known": "没有此名称的主机",
    "correct the name in the address": "更正地址中的名称",
    "no answer in time": "未在时限内应答",
    "the server cannot be reached": "无法连接服务器",
    "check the address, the network and any firewall between": "检查地址、网络以及其间的防火墙",
    "the connection to the server was lost": "与服务器的连接中断",
    "see to the server and the network, then ask again": "检查服务器和网络后再提问",
    "see to the server, then load again: what is on it stays, and the load goes on where it stopped": (
        "检查服务器后再载入：已有内容不变，从中断处继续"
    ),
    "{address}: {meaning}": "{address}：{meaning}",
    "{path}: no saved answer of trace or audit": "{path}：不是 trace 或 audit 保存的答复",
    "give a file that trace or audit has written with --json or -o FILE.json": (
        "给出 trace 或 audit 用 --json 或 -o 文件.json 写出的文件"
    ),
    # the program itself, and its streams
    "a fault of graphtrace itself: {kind}": "graphtrace 自身出错：{kind}",
    "run the command again with -v, and report what it says": "请加 -v 再执行一次，并把显示的内容报告给开发者",
    "the memory does not suffice": "内存不足",
    "end other programs, or ask for less at a time": "关闭其他程序，或减少一次所查的内容",
    "the standard output cannot be written: {why}": "标准输出无法写入：{why}",
    "what the command did to the case stays; send the answer elsewhere, for instance with -o FILE": (
        "命令对案件所做的更改已保留；请把答复写到别处，例如用 -o 文件"
    ),
    "check the path, the rights and the room on the disk": "检查路径、权限和磁盘空间",
    "an argument holds a NUL character": "参数中含有 NUL 字符",
    # of the system
    "File name too long": "文件名过长",
    "Too many levels of symbolic links": "符号链接层数过多",
    "check the path": "检查路径",
    "it is closed": "它已关闭",
    "No such file or directory": "没有这个文件或文件夹",
    "Permission denied": "没有权限",
    "Is a directory": "这是文件夹",
    "No space left on device": "磁盘已满",
}

_PLACE = re.compile(r"\{(\w+)\}")


def translate_error(text: str, lang: Lang) -> str:
    """The message or the hint of an error in ``lang``, or as it is where nobody has put it into Chinese."""
    if lang == "en":
        return text
    if text in CHINESE:
        return CHINESE[text]
    for pattern, english in _patterns():
        if found := pattern.fullmatch(text):
            return CHINESE[english].format_map(
                {name: translate_error(told, lang) for name, told in found.groupdict().items()}
            )
    return text


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """What tells the texts with places apart, those that say most first."""
    with_places = [text for text in CHINESE if _PLACE.search(text)]
    with_places.sort(key=lambda text: (-len(_PLACE.sub("", text)), text))
    return [(re.compile(_PLACE.sub(r"(?P<\1>.+?)", _escaped(text)), re.DOTALL), text) for text in with_places]


def _escaped(text: str) -> str:
    return "".join(part if _PLACE.fullmatch(part) else re.escape(part) for part in re.split(r"(\{\w+\})", text))
