"""What is said about a file that cannot be read, or not without surprises."""

from __future__ import annotations

from iptengine.authoring.rules.page import Page

PAGES: dict[str, Page] = {
    "yaml-syntax": Page(
        "This line cannot be read.",
        "what follows a line that cannot be read may be understood as something else.",
        "title: IPT: brief",
        'title: "IPT: brief"',
    ),
    "yaml-cut-by-hash": Page(
        "A text is cut by a '#'.",
        "everything after a blank and '#' is a comment; half of the sentence would be missing from the page.",
        "because: Item #9 asks about self-harm",
        'because: "Item #9 asks about self-harm"',
    ),
    "yaml-braces": Page(
        "A text begins with '{{' and has no quotes.",
        "the text on the page would not be the text the author wrote.",
        "aim: {{ patient }} agrees on a focus",
        'aim: "{{ patient }} agrees on a focus"',
    ),
    "yaml-alias": Page(
        "A text begins with '*', or a value points to another place.",
        "every value stands where it is used, so that each line can be read, quoted and changed alone.",
        "note: *Ask first* about safety",
        'note: "*Ask first* about safety"',
    ),
    "yaml-anchor": Page(
        "A text begins with '&', or a place is given a name to repeat it elsewhere.",
        "every value stands where it is used, so that each line can be read, quoted and changed alone.",
        "note: &safety Ask first",
        "note: Ask first",
    ),
    "yaml-tag": Page(
        "A text begins with '!', or a value is given a type.",
        "a protocol is plain words and numbers; nothing in it can make a program do something.",
        "note: !important Ask first",
        'note: "! important: ask first"',
    ),
    "yaml-directive": Page(
        "A line begins with '%'.",
        "such a line is an instruction to a YAML program, and a protocol gives none.",
        "%YAML 1.1\niptengine: 1",
        "iptengine: 1",
    ),
    "yaml-merge-key": Page(
        "One map is merged into another by '<<'.",
        "what a part says must stand in that part.",
        "phases:\n  middle:\n    <<: another",
        "phases:\n  middle:\n    title: Middle phase",
    ),
    "yaml-repeated-key": Page(
        "A key stands twice in one place.",
        "one of the two would be lost, and nobody could say which.",
        "title: Grief\ntitle: Role dispute",
        "title: Grief",
    ),
    "yaml-key-look-alike": Page(
        "A key holds a letter that looks like another.",
        "two keys that look the same would be two different keys.",
        "tïtle: Grief",
        "title: Grief",
    ),
    "yaml-key-not-a-word": Page(
        "Something stands as a key that is no word.",
        "every part is spoken of by the name of its key.",
        "[a, b]: Grief",
        "grief: Grief",
    ),
    "yaml-several-documents": Page(
        "A second document begins in the same file.",
        "one file is one treatment; what comes after would be passed over.",
        "title: Grief\n---\ntitle: Role dispute",
        "title: Grief",
    ),
    "yaml-empty": Page(
        "There is nothing in the file.",
        "a file without content may be one that was not saved.",
        "# only a remark",
        "iptengine: 1\nprotocol: my-protocol",
    ),
    "yaml-not-utf8": Page(
        "The file is not saved as UTF-8.",
        "letters such as ä or é would turn into others.",
        "a file saved as UTF-16 or Latin-1",
        "the same file saved as UTF-8",
    ),
    "yaml-control-character": Page(
        "The file holds a control character.",
        "it cannot be seen, and may hide or move what is shown.",
        "a tab, bell or lone line end pasted from elsewhere",
        "plain text with ordinary line ends",
    ),
    "yaml-invisible-character": Page(
        "The file holds an invisible character.",
        "it can make two different texts look the same, or show words in another order.",
        "a zero-width blank pasted from a web page",
        "the same text typed again",
    ),
    "yaml-not-a-number": Page(
        "A word stands for no number a person can reach.",
        "a comparison with it would always answer the same.",
        "from: .inf",
        "from: 27",
    ),
    "yaml-number-too-long": Page(
        "A number has more digits than can be kept exactly.",
        "it would be stored as another number.",
        "number: 12345678901234567890",
        'number: "12345678901234567890"',
    ),
    "yaml-too-long": Page(
        "A text or key is too long.",
        "a page is read in ten minutes; and a file must not take unbounded time to read.",
        "note: (more than 20000 characters)",
        "note: one paragraph",
    ),
    "yaml-too-large": Page(
        "The file is too large.",
        "a file must not take unbounded time and memory to read.",
        "a file of more than 512 KiB",
        "a protocol and its measures in files of their own",
    ),
    "yaml-too-deep": Page(
        "The file is nested too deep.",
        "nobody can read what is nested so deep, and reading it must not take unbounded time.",
        "a: [[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]",
        "a: []",
    ),
    "yaml-too-many-values": Page(
        "The file holds too many keys and values.",
        "a file must not take unbounded time and memory to read.",
        "a file of more than 50000 values",
        "a protocol and its measures in files of their own",
    ),
    "yaml-too-many-mistakes": Page(
        "There are more mistakes than are told at once.",
        "a long list hides the one mistake that caused the others.",
        "a file that is no protocol",
        "the first hundred mistakes corrected",
    ),
    "file-not-found": Page(
        "There is no such file.",
        "a course must never begin under a protocol other than the one that was meant.",
        'load("ipt-adlut.protocol.yaml")',
        'load("ipt-adult.protocol.yaml")',
    ),
    "file-not-readable": Page(
        "The file cannot be opened.",
        "what cannot be read cannot be checked.",
        "a file that only its owner may read",
        "the same file, readable for whoever runs the program",
    ),
    "file-not-regular": Page(
        "This is not a file with text in it.",
        "a device or a pipe may never end.",
        'load("folder.protocol.yaml")',
        'load("folder/ipt-adult.protocol.yaml")',
    ),
}
