"""Relations that the query of a rule can read, described for authors of rules.

Parties are ids (``id:…``, ``name:…``, ``carrier:…``), days are dates: ``day`` is the first that the record allows,
``until`` the last. Cards are numbers that are consecutive within a lot and mean nothing else; a record is the number of
a row. Nothing here lays a relation out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from graphtrace.locale import BilingualText


@dataclass(frozen=True, slots=True)
class RuleTable:
    """A relation by name, with its columns in order and the meaning of a row."""

    name: str
    columns: tuple[str, ...]
    meaning: BilingualText


_ACCOUNT: Final = ("fate", "purchased", "declared_use", "declared_province")
"""Columns of a card's account, which every relation about single cards repeats."""

RULE_TABLES: Final = (
    RuleTable(
        "enterprises",
        (
            *("enterprise", "name", "purchased", "in_stock", "activated_by_enterprise", "activated_unnamed"),
            "activated_by_other",
            *("resold", "returned", "disputed", "activated", "seized", "declared_on", "declared_stock"),
            *("declared_sold", "unaccounted", "unaccounted_at_least", "unaccounted_at_most"),
            *("activated_sold", "sold_undeclared"),
            *("quantity_purchased", "quantity_sold"),
        ),
        BilingualText(
            "One row an enterprise: the figures of its audit, in cards. Declarations are those of its latest day; what "
            "is not declared is null. `activated_sold` of the activated cards may be among those declared as sold, for "
            "which the bounds allow; `sold_undeclared` cards, at least, were sold on record beyond the declaration.",
            "每家单位一行：核查所得的各项张数。申报取最近一日；未申报的为 null。`activated_sold` 为可能已计入申报销量的"
            "已激活卡张数，上限已计及；`sold_undeclared` 为有销售记录而未申报的最少张数。",
        ),
    ),
    RuleTable(
        "accounts",
        (
            *("enterprise", "first", "last", "cards", "fate", "outcome", "holder", "holder_by_name"),
            *("depth", "channel", "onward_channels", "purchased", "departed", "declared_use", "declared_province"),
        ),
        BilingualText(
            "Disjoint ranges of each enterprise's cards that went the same way since it last bought them. `fate` is "
            "`held`, `resold`, `left_unrecorded` (with others, while no record has the enterprise pass it on), "
            "`returned` or `disputed`, `outcome` that of a trace; `holder`, `holder_by_name` "
            "(the card's movements know it by a name alone), `depth` (steps since the cards left), `channel` (by which "
            "they left) and `onward_channels` (a list, by which others passed them on) are those of resold cards; "
            "`departed` is the day of the first transfer after the purchase.",
            "各单位的卡自其最近一次采购以来去向相同的号段，互不重叠。`fate` 为 `held`（持有）、`resold`（转售）、"
            "`left_unrecorded`（已在他人手中而没有本单位转出的记录）、"
            "`returned`（退回）或 `disputed`（有争议），`outcome` 同追查结论；`holder`、"
            "`holder_by_name`（该卡的流转记录仅写其名称）、`depth`（离开后的手数）、"
            "`channel`（离开时的渠道）和 `onward_channels`（他人转手的渠道，列表）仅转售的卡有；"
            "`departed` 为采购后第一次转出之日。",
        ),
    ),
    RuleTable(
        "activated",
        ("enterprise", "card", "day", *_ACCOUNT),
        BilingualText(
            "One row per enterprise and card that was ever activated, with its first activation.",
            "每家单位的每张曾激活的卡一行，日期为首次激活。",
        ),
    ),
    RuleTable(
        "used_by",
        ("enterprise", "card", "user", "is_person", *_ACCOUNT),
        BilingualText(
            "One row per enterprise, card and user whom an activation of the card names. `is_person`: the user's "
            "number can only be a natural person's.",
            "每家单位、每张卡、其激活记录写明的每个使用人一行。`is_person`：使用人的证件号码只能属于自然人。",
        ),
    ),
    RuleTable(
        "active_in",
        ("enterprise", "card", "province", *_ACCOUNT),
        BilingualText(
            "One row per enterprise, card and province in which the card was activated, as written.",
            "每家单位、每张卡、每个激活省份一行，省份按原文。",
        ),
    ),
    RuleTable(
        "shared_devices",
        ("enterprise", "imei", "card", *_ACCOUNT),
        BilingualText(
            "One row per device that was seen with several cards, and each of these cards. `imei` is a number of 14 "
            "digits.",
            "用过多张卡的设备与其中每张卡一行。`imei` 为 14 位数字。",
        ),
    ),
    RuleTable(
        "moved_cards",
        ("enterprise", "imei", "card", *_ACCOUNT),
        BilingualText(
            "One row per card that was seen in several devices, and each of these devices.",
            "用过多台设备的卡与其中每台设备一行。",
        ),
    ),
    RuleTable(
        "taken",
        ("enterprise", "card", "day", "until", "holder", *_ACCOUNT),
        BilingualText(
            "One row per enterprise, card and day on which it was seized; `holder` is the last documented holder, null "
            "where records name somebody else as the one it was taken from.",
            "每家单位、每张卡、每个扣押日期一行；`holder` 为有记录的最后持有者，记录写明取自他人的为空。",
        ),
    ),
    RuleTable(
        "dealings",
        (
            *("enterprise", "record", "kind", "sender", "receiver", "first", "last", "quantity", "day", "until"),
            *("channel", "repeated"),
        ),
        BilingualText(
            "Movements of which an audited enterprise is a side, once for each such enterprise; columns as in "
            "`movements`.",
            "被核查单位为一方的流转，每家单位各一次；各列同 `movements`。",
        ),
    ),
    RuleTable(
        "movements",
        (
            *("record", "kind", "sender", "receiver", "first", "last", "quantity", "day", "until"),
            *("channel", "repeated"),
        ),
        BilingualText(
            "Purchases, transfers and returns, one row a record; not all that are about other cards. A record that "
            "names no cards has a `quantity` and null in `first` and `last`. `repeated`: another record says the same.",
            "采购、转让和退货，每条记录一行；与被核查的卡无关的记录不一定齐全。未写卡号的记录有 `quantity`，"
            "其 `first` 和 `last` 为 null。`repeated`：另有记录作同样陈述。",
        ),
    ),
    RuleTable(
        "transfers",
        (
            *("enterprise", "record", "sender", "receiver", "day", "until", "first", "last"),
            *("first_segment", "last_segment"),
        ),
        BilingualText(
            "The transfers of each enterprise's cards that name cards, each statement once, one row per range of its "
            "cards. A range is whole `segments`, from `first_segment` to `last_segment`; a single card lies in one.",
            "写明卡号、涉及各单位的卡的转让，同一陈述一次，每个号段一行。号段由 `first_segment` 至 `last_segment` "
            "的若干整个 `segments` 组成；单张卡位于其中一个。",
        ),
    ),
    RuleTable(
        "histories",
        (
            *("enterprise", "record", "kind", "sender", "receiver", "day", "until", "first", "last", "repeated"),
            *("first_segment", "last_segment"),
        ),
        BilingualText(
            "All movements of each enterprise's cards that name cards, one row per range of its cards, as `transfers`; "
            "`enterprise`, `sender` and `receiver` are the `number` of `parties`.",
            "写明卡号、涉及各单位的卡的全部流转，每个号段一行，同 `transfers`；`enterprise`、`sender`、`receiver` 为 "
            "`parties` 的 `number`。",
        ),
    ),
    RuleTable(
        "segments",
        ("enterprise", "piece", "segment", "first", "last"),
        BilingualText(
            "Each enterprise's cards between two `cuts`; `enterprise` is the `number` of `parties`. Join what concerns "
            "ranges by equal segments, never by comparing each with each.",
            "各单位的卡在两个 `cuts` 之间的号段；`enterprise` 为 `parties` 的 `number`。涉及号段的连接应按相同的 "
            "`segment`，不应逐一比较。",
        ),
    ),
    RuleTable(
        "cuts",
        ("segment", "first", "last"),
        BilingualText(
            "The segments: the cards between two places at which a range of any movement, or of an enterprise's cards, "
            "begins or ends.",
            "分段：任一流转的号段或各单位的号段的起止处之间的卡。",
        ),
    ),
    RuleTable(
        "sides",
        ("enterprise", "party", "is_received", "segment", "first", "last", "is_whole", "day", "until"),
        BilingualText(
            "As `traders`, with the `number` of `parties`. `is_whole`: the row is about all cards of the segment; any "
            "other row is about cards that only equal rows name.",
            "同 `traders`，主体为 `parties` 的 `number`。`is_whole`：该行涉及该分段的全部卡；其余各行的卡仅由相同的行"
            "写明。",
        ),
    ),
    RuleTable(
        "deals",
        ("seller", "buyer", "record", "first", "last", "quantity", "day", "until", "segment"),
        BilingualText(
            "As `trades`, with the `number` of `parties`; `segment` is that of `cuts` in which `first` lies, or the "
            "one before it.",
            "同 `trades`，主体为 `parties` 的 `number`；`segment` 为 `first` 所在（或其前）的 `cuts` 分段。",
        ),
    ),
    RuleTable(
        "traders",
        ("enterprise", "party", "is_received", "first", "last", "day", "until"),
        BilingualText(
            "Who passed on and who received the cards of each enterprise, one row per range of cards, transfer and "
            "side; purchases from carriers and returns to them are none. `is_received`: the party is the receiver.",
            "转出和收到各单位的卡的各方，每个号段、每次转让、每一方一行；向运营商采购和退回运营商不在其中。"
            "`is_received`：该方为接收方。",
        ),
    ),
    RuleTable(
        "trades",
        ("seller", "buyer", "record", "first", "last", "quantity", "day", "until"),
        BilingualText(
            "All transfers of the whole case between parties that are no carriers, each statement once, whatever cards "
            "they are about. A record that names no cards has a `quantity` and null in `first` and `last`.",
            "全案中非运营商之间的全部转让，同一陈述一行，不限于被核查的卡。未写卡号的记录有 `quantity`，"
            "其 `first` 和 `last` 为 null。",
        ),
    ),
    RuleTable(
        "activations",
        ("record", "card", "day", "until", "user", "imei", "province", "city"),
        BilingualText(
            "Activations of cards, also those that name only a number that a card had then; not all that are about "
            "other cards. Join them to `accounts` by `card BETWEEN first AND last` only when they are few.",
            "卡的激活，包括只写接入号而可确定是哪张卡的；与被核查的卡无关的不一定齐全。仅在行数不多时才以"
            " `card BETWEEN first AND last` 与 `accounts` 连接。",
        ),
    ),
    RuleTable(
        "seizures",
        ("record", "card", "day", "until", "case_no", "place"),
        BilingualText("Seizures of cards.", "卡的扣押。"),
    ),
    RuleTable(
        "declarations",
        ("record", "party", "day", "stock", "sold"),
        BilingualText("Declarations of stock and sales.", "库存和销量的申报。"),
    ),
    RuleTable(
        "contacts",
        ("party", "record", "kind", "day", "contact", "value"),
        BilingualText(
            "Contacts that any record of the case states of a party, one row per record and contact; `kind` is that of "
            "the record, `contact` where it is a custody record. `contact` is what contacts are compared by, `value` "
            "the contact as normalised. A party that only such records name is in no other relation.",
            "案件中任何记录写明的各主体的联系方式，每条记录、每个联系方式一行；`kind` 为该记录的类型，流转类记录为"
            " `contact`。`contact` 用于比对，`value` 为统一写法。仅此类记录提到的主体不在其他关系中。",
        ),
    ),
    RuleTable(
        "judged_different",
        ("party", "other"),
        BilingualText(
            "Parties that a judgement in force keeps apart, each pair in both orders.",
            "有效判定为不同的主体，每对按两种次序各一行。",
        ),
    ),
    RuleTable(
        "parties",
        ("party", "name", "is_carrier", "is_person", "bearers", "number"),
        BilingualText(
            "Everyone in the case. `bearers` is how many parties bear the name where that is undecided, else 0. "
            "`number` is the party in relations of numbers, which are joined faster; it means nothing else.",
            "案件中的所有主体。`bearers` 为重名而无法区分时的主体数，否则为 0。`number` 为该主体在以数字表示主体的关系"
            "中的编号，连接更快，别无含义。",
        ),
    ),
    RuleTable(
        "sheets",
        ("sheet", "file", "sha256", "name", "rows", "rejected"),
        BilingualText(
            "Where records stand: `record // 4294967296` is the `sheet`, `record % 4294967296` the row.",
            "记录的出处：`record // 4294967296` 为 `sheet`，`record % 4294967296` 为行号。",
        ),
    ),
    RuleTable(
        "rejects",
        ("record", "field", "reason"),
        BilingualText("Rows that were not loaded, by the place where they stand.", "未载入的行，按其所在位置。"),
    ),
)
"""All relations, those that most rules use first."""
