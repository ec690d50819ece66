"""The help of the commands in Chinese, by its English text; a test sees to it that none is missing."""

from __future__ import annotations

from typing import Any

HELP = {
    "Trace bulk-sold IoT SIM cards from the carrier to the end user, with the proof for each step.": (
        "追查批量销售的物联网卡：从运营商到最终使用人，每一步都有出处。"
    ),
    "Make the example case, trace a seized card, audit its registrant and write the report.": (
        "建立示例案件，追查一张被扣押的卡，核查其登记企业，并写出报告。"
    ),
    "Load record files, into a new case if there is none.": "载入记录文件；案件不存在时新建。",
    "Find who registered, passed on and used a card.": "查明谁开户、谁转手、谁使用了一张卡。",
    "Account for every card that an enterprise bought from carriers.": "核算一家单位向运营商采购的每一张卡的去向。",
    "Name, credit code or id of an enterprise.": "单位的名称、统一社会信用代码或标识。",
    "Every enterprise that bought from a carrier, the largest first.": "所有向运营商采购的单位，采购量大者在前。",
    "Show from whom a party got cards and to whom it passed them.": "显示一个主体的卡从何而来、转给了谁。",
    "Name, number or id of a company or person.": "企业或个人的名称、证件号码或标识。",
    "Apply this rule only; may be repeated.": "只用此规则；可重复。",
    "Set a parameter of a rule; may be repeated.": "设定规则的参数；可重复。",
    "Show the cards of one figure: a bucket, purchased, seized.": "显示某个数字背后的卡：某一类、purchased 或 seized。",
    "Show the cards and records behind the bucket, or behind the findings.": "显示该类或各项发现背后的卡和记录。",
    "List the rules of an audit, the gravest first.": "列出核查规则，严重者在前。",
    "Show one rule: what it means, the law, its parameters and its query.": (
        "显示一条规则：含义、法律依据、参数和查询。"
    ),
    "Show the rules of an audit.": "显示核查规则。",
    "The id of a rule.": "规则的标识。",
    "A rule file of your own, or a folder of them; may be repeated.": "自备的规则文件或其文件夹；可重复。",
    "Ask a question of the query library.": "从查询库中提一个问题。",
    "The question, by the name of its file.": "问题，即其文件名。",
    "A value to ask with; those of a list one each.": "提问所用的值；列表参数逐个给出。",
    "List the questions. [env var: GRAPHTRACE_QUERIES, a folder with more]": (
        "列出所有问题。[环境变量 GRAPHTRACE_QUERIES：另一个查询文件夹]"
    ),
    "Show the text of a question, header and all.": "显示一个问题的全文，包括文件头。",
    "Find what moved together with a card and is active and not yet seized.": (
        "找出与一张卡一同流转、已激活而尚未扣押的卡。"
    ),
    "Find the parties that many seized cards share.": "找出多张涉案卡共同经过的主体。",
    "What to rank by: more than size explains, most cases, or their weight.": (
        "排列依据：提升度（超出规模所能解释的程度）、覆盖面（涉及案件数）或得分（案件权重）。"
    ),
    "Weight of a case number, or of a card that has none; 1 for others.": (
        "案件编号的权重，或无案件编号之卡的权重；其余为 1。"
    ),
    "Answer in JSON Lines, one result a line, as they come.": "以 JSON Lines 答复，每个结果一行，随得随出。",
    "CSV, TSV, XLSX, XLS, Parquet, JSON Lines; - reads the input.": (
        "CSV、TSV、XLSX、XLS、Parquet、JSON Lines；- 读取标准输入。"
    ),
    "What the input is called; its ending says the format.": "标准输入的名称；格式由扩展名决定。",
    "Write the answer to FILE; its ending says the format. - is the output.": (
        "把答复写入 FILE，格式由扩展名决定；- 为标准输出。"
    ),
    "Say whether this machine has what graphtrace needs, and what is missing.": (
        "检查本机是否具备 graphtrace 所需的一切，缺什么。"
    ),
    "Find numbers, ranges, dates and quantities in any text, as a table to complete.": (
        "找出任意文本中的号码、号段、日期和数量，列成表格供补全。"
    ),
    "The column of the table of --from-file: its heading or its letter.": "--from-file 表格中的列：表头或列字母。",
    "Any text or table; - reads the input.": "任意文本或表格；- 读取标准输入。",
    "Say what a number is; needs no case.": "说明一个号码本身的含义；无需案件。",
    "Open the workbench: the case in the browser of this machine.": "打开工作台：在本机浏览器中办理案件。",
    "The port on this machine; any that is free if left out.": "本机端口；不写则任选一个空闲端口。",
    "Print the address, but open no browser.": "只显示地址，不打开浏览器。",
    "Allow no change of the case.": "不允许改动案件。",
    "Show what is in the case.": "显示案件中的内容。",
    "Check that sources, rows, database and saved answers agree.": "核对来源文件、记录行、数据库与保存的答复。",
    "Answers of trace and audit that were saved as JSON.": "以 JSON 保存的 trace、audit 答复。",
    "Read every source again as it was loaded, and compare every row.": "按载入时的方式重读全部来源，逐行核对。",
    "Put the rows of a case in order again after many small loads; answers stay the same.": (
        "多次载入小文件之后，将案件的记录行重新按序排好；答案不变。"
    ),
    "Copy a case with all it was made from, to a server or back, and compare the two.": (
        "复制案件及其全部来源（到服务器或从服务器取回），并比对两者。"
    ),
    "The case: a folder or the address of a server.": "案件：文件夹或服务器地址。",
    "Where to: a new folder, an empty database, or an earlier copy.": "复制到：新文件夹、空数据库，或先前的副本。",
    "Make mapping files for unknown headings.": "为无法识别的表头制作映射文件。",
    "Write a first mapping for a file, to be completed by hand and given to load --mapping.": (
        "为文件写出映射初稿，人工补全后用于 load --mapping。"
    ),
    "The case to work on. [env var: GRAPHTRACE_CASE]": "要处理的案件。[环境变量 GRAPHTRACE_CASE]",
    "Answer in JSON.": "以 JSON 回答。",
    "No progress and no notes.": "不显示进度和附注。",
    "Show everything, however long.": "显示全部内容，不论多长。",
    "Wait so long for others who write the case, or read it while it is written; 10.": (
        "案件正被他人写入（或写入时正被读取）时等待的秒数；默认 10。"
    ),
    "Language of the answer. [env var: GRAPHTRACE_LANG; else the system's]": (
        "回答的语言。[环境变量 GRAPHTRACE_LANG，否则随系统]"
    ),
    "Show the version and exit.": "显示版本并退出。",
    "Show this message and exit.": "显示此说明并退出。",
    "Install completion for the current shell.": "为当前 shell 安装补全。",
    "Show completion for the current shell, to copy it or customize the installation.": "显示当前 shell 的补全脚本。",
    "Where to put it.": "放在哪里。",
    "What the records are, where the file does not say.": "文件未写明时，记录的类型。",
    "A mapping file, where the headings are unknown.": "表头无法识别时所用的映射文件。",
    "Read and check, but write nothing.": "只读取和检查，不写入。",
    "Memory to aim at, as 800MB or 4GB; else 1GB to load and half of the machine's, 2GB at most, to ask.": (
        "所用内存的目标，如 800MB 或 4GB；未给出时，载入为 1GB，提问为本机内存的一半且不超过 2GB。"
    ),
    "ICCID, part of one (? and *), MSISDN, IMSI or IMEI.": "ICCID（可含 ? 和 *）、MSISDN、IMSI 或 IMEI。",
    "More of them: one a line, or a table with a column of them; - reads the input.": (
        "号码清单：每行一个，或表格中的一列；- 读标准输入。"
    ),
    "Answer with what the case held at the end of that day.": "按该日终了时案件所载内容回答。",
    "Exit with 5 when there is a finding of this severity or above.": "有此级别或以上的发现时以 5 退出。",
    "Write a page too: one file, to be looked at and printed.": "另写一个网页：单一文件，可查看，可打印。",
    "Any number of a card, device, company or person.": "卡、设备、企业或个人的任何号码。",
    "The file whose headings are unknown.": "表头无法识别的文件。",
    "Show who passed how many cards to whom, or write it as a graph.": "显示谁向谁转了多少张卡，或写成图文件。",
    "Write the case, or a part of it, for other people's tools.": "把案件或其一部分写成其他工具可读的格式。",
    "A file to write; its ending says the format. Without it the largest flows.": (
        "要写出的文件，格式由扩展名决定；不写则显示最大的流向。"
    ),
    "graphml, gexf, json, csv, xlsx, ftm, html, cypher, parquet or neo4j-admin.": (
        "graphml、gexf、json、csv、xlsx、ftm、html、cypher、parquet 或 neo4j-admin。"
    ),
    "The file; of csv a folder, or an archive that ends .zip; of parquet and neo4j-admin a new folder.": (
        "文件；csv 为文件夹，或以 .zip 结尾的压缩包；parquet 和 neo4j-admin 为新文件夹。"
    ),
    "Only what lies around this party or card; may be repeated.": "只取该主体或该卡周围的部分；可重复。",
    "Flows between parties, the records between them, or cards and lots (only around something).": (
        "主体之间的流向、其间的记录，或卡与号段（须指定 --around）。"
    ),
    "Steps from party to party; by default 1 around a party, 0 around cards.": (
        "从主体到主体的步数；主体周围默认 1，卡周围默认 0。"
    ),
    "Only what may have been on that day or later.": "只取可能在该日或之后的内容。",
    "Only what may have been on that day or earlier.": "只取可能在该日或之前的内容。",
    "Show parties with more partners than this, but do not walk through them; 100.": (
        "往来对象多于此数的主体只显示，不经由其继续；默认 100。"
    ),
    "Walk with the cards and forward in time, against both, or either way.": (
        "顺着卡的流向和时间、逆着两者，或不限方向。"
    ),
    "A flow for each channel by itself.": "每个渠道单列一条流向。",
    "Make a synthetic case of any size with its ground truth.": "生成任意规模的模拟案件及其真值。",
    "A new or empty folder.": "新的或空的文件夹。",
    "Cards that some record names.": "有记录提到的卡数。",
    "The same seed makes the same files.": "种子相同，文件相同。",
    "Write the files as people send them; at most 20,000 cards.": "按实际来件的样子写出文件；最多 20,000 张卡。",
    "Format of clean files.": "规整文件的格式。",
    "Share of cards for each fault, or NAME=RATE for one; may be repeated.": (
        "每种情形所占的卡数比例，或用 NAME=RATE 指定其中一种；可重复。"
    ),
    "For parquet: blocks of numbers at most; by default 8.": "用于 parquet：最多分为多少个号码块；默认 8。",
    "Withdraw the statement of a record; nothing is deleted.": "撤销一条记录的陈述；不删除任何内容。",
    "FILE:ROW, FILE:SHEET:ROW, or the beginning of the file's hash and the row.": (
        "文件:行、文件:工作表:行，或文件散列值的开头加行号。"
    ),
    "The reason, for the ledger.": "理由，记入台账。",
    "The loaded record that states what is right.": "陈述正确内容的已载入记录。",
    "Who decides it; by default the user who is logged in.": "由谁决定；默认为当前登录用户。",
    "Lift the correction of the record.": "解除对该记录的更正。",
    "Show all corrections.": "列出全部更正。",
    "Judge whether two parties are the same; nothing is deleted.": "认定两个主体是否为同一主体；不删除任何内容。",
    "Two parties: name, number or id.": "两个主体：名称、证件号码或标识。",
    "They are one party.": "是同一主体。",
    "They are two parties.": "是不同主体。",
    "It was looked at and cannot be decided.": "已查看，无法认定。",
    "Who judges; by default the user who is logged in.": "认定人；默认为当前登录用户。",
    "A loaded record that supports it, as FILE:ROW.": "支持认定的已载入记录，写作 文件:行。",
    "Join two different credit codes.": "合并两个不同的信用代码。",
    "Undo the judgement with this number.": "撤销此编号的认定。",
    "Show all judgements.": "列出全部认定。",
    "Answer as if no judgement about parties had been made.": "不采用对主体的认定作答。",
    "Compare what a case answers with the ground truth; ends with 4 where anything differs.": (
        "将案件的回答与真值比对；有任何不一致时以 4 退出。"
    ),
    "The case that the records were loaded into.": "载入了这些记录的案件。",
    "The folder truth beside the records.": "与记录同在一处的 truth 文件夹。",
    "Ask at most N cards of each story; by default all.": "每种情形最多查询 N 张卡；默认全部。",
}


def localize_help(command: Any) -> None:
    """Put the Chinese help in the place of the English one, in ``command`` and in all commands below it."""
    for spoken in (command, *command.params, command.get_help_option(command.context_class(command))):
        spoken.help = HELP.get(spoken.help, spoken.help)
    for below in getattr(command, "commands", {}).values():
        localize_help(below)
