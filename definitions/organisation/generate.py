#!/usr/bin/env python3
"""Writes the demonstration province: tinh-mau.json, demo-accounts.json and README.md.

Nothing is random: a person's name is chosen by the SHA-256 of the unit and the place in it, so a
unit added here leaves the people of all others as they are. The names are combined from common
ones and are nobody's.

    generate.py            writes the files beside this script
    generate.py --check    exits with 1 when a file differs from what would be written
"""
import hashlib
import json
import pathlib
import sys
import unicodedata

# --- Units: id, abbreviation (ends the ids of its people), Vietnamese name, English name -------

TOP = ("tinh-mau", "tinh", "Tỉnh Mẫu", "Mẫu Province")
COMMITTEE = ("ubnd-tinh", "ubnd", "Ủy ban nhân dân tỉnh Mẫu", "People's Committee of Mẫu Province")
COUNCIL = ("hoi-dong-tdkt", "tdkt", "Hội đồng Thi đua - Khen thưởng tỉnh",
           "Provincial Emulation and Reward Council")

DEPARTMENTS = [
    ("van-phong-ubnd", "vpub", "Văn phòng Ủy ban nhân dân tỉnh",
     "Office of the Provincial People's Committee"),
    ("van-phong-hdnd", "vphd", "Văn phòng Đoàn đại biểu Quốc hội và Hội đồng nhân dân tỉnh",
     "Office of the National Assembly Delegation and the Provincial People's Council"),
    ("so-noi-vu", "snv", "Sở Nội vụ", "Department of Home Affairs"),
    ("so-tai-chinh", "stc", "Sở Tài chính", "Department of Finance"),
    ("so-tu-phap", "stp", "Sở Tư pháp", "Department of Justice"),
    ("so-cong-thuong", "sct", "Sở Công Thương", "Department of Industry and Trade"),
    ("so-xay-dung", "sxd", "Sở Xây dựng", "Department of Construction"),
    ("so-nong-nghiep-moi-truong", "snnmt", "Sở Nông nghiệp và Môi trường",
     "Department of Agriculture and Environment"),
    ("so-khoa-hoc-cong-nghe", "skhcn", "Sở Khoa học và Công nghệ",
     "Department of Science and Technology"),
    ("so-giao-duc", "sgd", "Sở Giáo dục và Đào tạo", "Department of Education and Training"),
    ("so-y-te", "syt", "Sở Y tế", "Department of Health"),
    ("so-van-hoa", "svh", "Sở Văn hóa, Thể thao và Du lịch",
     "Department of Culture, Sports and Tourism"),
    ("so-dan-toc-ton-giao", "sdttg", "Sở Dân tộc và Tôn giáo",
     "Department of Ethnic and Religious Affairs"),
    ("so-ngoai-vu", "sngv", "Sở Ngoại vụ", "Department of Foreign Affairs"),
    ("thanh-tra-tinh", "ttt", "Thanh tra tỉnh", "Provincial Inspectorate"),
    ("ban-quan-ly-kcn", "kcn", "Ban Quản lý các khu công nghiệp",
     "Industrial Zones Management Board"),
    ("ban-quan-ly-du-an", "duan", "Ban Quản lý dự án đầu tư xây dựng tỉnh",
     "Provincial Construction Investment Project Management Board"),
    ("trung-tam-hanh-chinh-cong", "hcc", "Trung tâm Phục vụ hành chính công tỉnh",
     "Provincial Public Administration Service Centre"),
    ("truong-chinh-tri", "tct", "Trường Chính trị tỉnh", "Provincial School of Politics"),
    ("bao-dai", "baodai", "Báo và Phát thanh, Truyền hình tỉnh",
     "Provincial Newspaper, Radio and Television"),
    ("mttq", "mttq", "Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh",
     "Provincial Committee of the Vietnam Fatherland Front"),
    ("lien-doan-lao-dong", "ldld", "Liên đoàn Lao động tỉnh", "Provincial Federation of Labour"),
    ("hoi-phu-nu", "hpn", "Hội Liên hiệp Phụ nữ tỉnh", "Provincial Women's Union"),
    ("hoi-nong-dan", "hnd", "Hội Nông dân tỉnh", "Provincial Farmers' Union"),
    ("hoi-cuu-chien-binh", "ccb", "Hội Cựu chiến binh tỉnh", "Provincial Veterans' Association"),
    ("tinh-doan", "doan", "Tỉnh Đoàn Thanh niên Cộng sản Hồ Chí Minh",
     "Provincial Ho Chi Minh Communist Youth Union"),
]

# Sub-units whose people work on the flagship workflows: with the department they belong to.
OFFICES = [
    (("phong-tdkt", "tdkt", "Phòng Thi đua - Khen thưởng", "Emulation and Reward Division"),
     "so-noi-vu"),
    (("phong-to-chuc", "tccb", "Phòng Tổ chức, Công chức và Viên chức",
      "Organisation and Personnel Division"), "so-noi-vu"),
    (("phong-hanh-chinh-su-nghiep", "hcsn", "Phòng Tài chính hành chính sự nghiệp",
      "Administrative Finance Division"), "so-tai-chinh"),
    (("phong-dao-tao", "pdt", "Phòng Quản lý đào tạo", "Training Management Division"),
     "truong-chinh-tri"),
]

WARDS = ["Trung Tâm", "Hòa Bình", "Tân Tiến", "Minh Khai", "Đông Thành", "Tây Hồ Mẫu", "Nam Cường",
         "Bắc Sơn", "Thống Nhất", "Phú Mỹ"]
COMMUNES = ["An Bình", "An Lạc", "Bình Minh", "Đại Thắng", "Đồng Tâm", "Hòa Lợi", "Hưng Thịnh",
            "Kim Sơn", "Long Phú", "Minh Tân", "Phước Hòa", "Quang Trung", "Sơn Hà", "Tân Lập",
            "Tân Phong", "Thanh Bình", "Vĩnh Phúc Mẫu", "Xuân Lộc Mẫu", "Yên Thịnh"]
SPECIAL_ZONE = ("dac-khu-hon-mau", "dkhm", "Đặc khu Hòn Mẫu", "Hòn Mẫu Special Zone")

# --- Places in a unit. Everybody who works in a unit is also `staff` of it ---------------------

DEPARTMENT_PLACES = [
    ["head"], ["deputy"], ["specialist"], ["specialist"], ["specialist"], ["hr"], ["registry"],
    ["accountant"], ["union-executive"], ["union-executive"], ["union-executive"],
    ["board-member"], ["board-member"], ["board-member"], [],
]
LARGE = {"so-noi-vu", "so-tai-chinh", "so-giao-duc", "so-y-te", "so-xay-dung",
         "so-nong-nghiep-moi-truong", "van-phong-ubnd", "mttq"}  # these have a second deputy
MORE_PLACES = {
    "truong-chinh-tri": [["trainer"]] * 5,
    "thanh-tra-tinh": [["auditor"]] * 4,
    "so-tai-chinh": [["auditor"]],
}
OFFICE_PLACES = [["head"], ["deputy"], ["specialist"], ["specialist"], ["specialist"]]
COMMUNE_PLACES = [["head"], ["deputy"], ["specialist", "hr"], ["registry"], ["accountant"],
                  ["union-executive"], ["board-member"]]

# People that demonstrations name; all others are named by rule.
KNOWN = {
    ("ubnd-tinh", 0): "Đặng Quốc Thịnh",
    ("so-noi-vu", 0): "Trần Quang Hưng",
    ("so-noi-vu", 2): "Nguyễn Thị Lan",
    ("phong-tdkt", 0): "Lê Thị Thu Hằng",
    ("phong-tdkt", 2): "Phạm Minh Tú",
    ("so-tai-chinh", 0): "Võ Thanh Bình",
    ("so-tai-chinh", 1): "Huỳnh Thị Kim Cúc",
    ("so-tai-chinh", 2): "Bùi Gia Khánh",
    ("so-tai-chinh", 5): "Đỗ Thị Mai",
    ("so-tai-chinh", 6): "Ngô Thị Hạnh",
    ("so-tai-chinh", 7): "Dương Văn Lộc",
    ("so-tai-chinh", 8): "Hồ Thị Thanh Tâm",
    ("so-tai-chinh", 11): "Lý Văn Toàn",
    ("so-giao-duc", 0): "Phan Thị Ngọc Diệp",
    ("so-giao-duc", 2): "Trịnh Công Hậu",
    ("truong-chinh-tri", 15): "Mai Đức Thắng",
    ("thanh-tra-tinh", 15): "Tạ Thị Bích Vân",
}

SURNAMES = ("Nguyễn Nguyễn Nguyễn Nguyễn Nguyễn Trần Trần Trần Lê Lê Phạm Phạm Hoàng Huỳnh Phan Vũ "
            "Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Trịnh Mai Tạ Đoàn Lương").split()
WOMEN = (["Thị", "Thị", "Thị Ngọc", "Thị Thu", "Thị Kim", "Thanh", "Ngọc", "Phương"],
         "An Anh Bích Châu Chi Cúc Diễm Dung Duyên Giang Hà Hạnh Hằng Hiền Hoa Hồng Huệ Hương Khuê "
         "Lan Liên Loan Mai My Nga Ngân Nhung Oanh Phượng Quyên Tâm Thảo Thoa Thủy Trang Trâm Tuyết "
         "Uyên Vân Yến".split())
MEN = (["Văn", "Văn", "Hữu", "Đức", "Quang", "Quốc", "Đình", "Công", "Gia", "Thành"],
       "An Bảo Bình Cường Danh Duy Đạt Đông Giang Hải Hậu Hiếu Hòa Hoàn Huy Hưng Khải Khoa Kiên Lâm "
       "Lộc Long Luân Mạnh Nam Nghĩa Nhân Phong Phúc Quân Sơn Tài Tân Thái Thắng Thịnh Toàn Trí Tuấn "
       "Vinh".split())
# Combinations that are the names of well-known people.
NOT_USED = {"Nguyễn Văn Linh", "Nguyễn Văn An", "Lê Văn Lương", "Lê Đức Anh", "Phan Văn Giang",
            "Trần Quốc Toàn", "Nguyễn Thị Hồng", "Nguyễn Văn Bình", "Lê Quang Đạo",
            "Nguyễn Hòa Bình", "Trần Văn Trà", "Nguyễn Thị Thanh", "Nguyễn Văn Hùng",
            "Đinh Thị Mai", "Trần Đức Thắng", "Nguyễn Đình Khang", "Lê Quốc Phong",
            "Nguyễn Thành Phong", "Vũ Đức Đam", "Trần Quốc Vượng", "Nguyễn Văn Thắng",
            "Lê Thành Long", "Trần Hữu Trang", "Đặng Thị Ngọc Thịnh", "Phan Đình Phùng"}


def ascii_id(text):
    plain = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    plain = "".join(c for c in plain if not unicodedata.combining(c)).lower()
    return "-".join("".join(c if c.isalnum() else " " for c in plain).split())


def name_of(unit, place, attempt):
    number = int.from_bytes(
        hashlib.sha256(f"{unit}/{place}/{attempt}".encode()).digest()[:8], "big")

    def pick(choices):
        nonlocal number
        number, index = divmod(number, len(choices))
        return choices[index]

    middles, givens = pick([WOMEN, MEN])
    return f"{pick(SURNAMES)} {pick(middles)} {pick(givens)}"


class Province:
    def __init__(self):
        self.units, self.people, self.groups = [], [], {}
        self.taken = set(KNOWN.values()) | NOT_USED
        self.at = {}  # (unit, place) -> person

    def unit(self, unit, kind, parent=None):
        entry = {"id": unit[0], "name": {"vi": unit[2], "en": unit[3]}, "kind": kind}
        if parent:
            entry["parent"] = parent
        self.units.append(entry)

    def person(self, unit, place, memberships):
        name = KNOWN.get((unit[0], place))
        attempt = 0
        while name is None:
            candidate = name_of(unit[0], place, attempt)
            attempt += 1
            if candidate not in self.taken:
                name = candidate
                self.taken.add(name)
        entry = {"id": f"{ascii_id(name)}-{unit[1]}", "name": name,
                 "memberships": [{"unit": u, "roles": roles} for u, roles in memberships]}
        self.people.append(entry)
        self.at[unit[0], place] = entry
        return entry

    def staff(self, unit, places, above=None):
        for place, roles in enumerate(places):
            memberships = [(unit[0], roles + ["staff"])]
            if above:
                memberships.append((above, ["staff"]))
            self.person(unit, place, memberships)

    def also(self, person, unit, roles):
        person["memberships"].append({"unit": unit, "roles": roles})

    def holders(self, role, unit=None):
        return [p["id"] for p in self.people for m in p["memberships"]
                if role in m["roles"] and unit in (None, m["unit"])]


def commune(prefix, vi, en, name):
    unit_id = f"{prefix}-{ascii_id(name)}"
    short = "".join(part[0] for part in unit_id.split("-"))
    return (unit_id, short, f"{vi} {name}", f"{name} {en}")


def build():
    province = Province()
    province.unit(TOP, "province")
    province.unit(COMMITTEE, "committee", TOP[0])
    province.unit(COUNCIL, "council", TOP[0])
    province.people.append({"id": "quan-tri", "name": "Quản trị hệ thống",
                            "memberships": [{"unit": TOP[0], "roles": ["administrator"]}]})
    province.staff(COMMITTEE, [["chair"], ["deputy"], ["deputy"]])

    for department in DEPARTMENTS:
        province.unit(department, "department", TOP[0])
        places = DEPARTMENT_PLACES + MORE_PLACES.get(department[0], [])
        if department[0] in LARGE:
            places = places + [["deputy"]]
        province.staff(department, places)
    for office, above in OFFICES:
        province.unit(office, "office", above)
        province.staff(office, OFFICE_PLACES, above)

    communes = [commune("phuong", "Phường", "Ward", name) for name in WARDS]
    communes += [commune("xa", "Xã", "Commune", name) for name in COMMUNES] + [SPECIAL_ZONE]
    for each in communes:
        province.unit(each, "commune", TOP[0])
        province.staff(each, COMMUNE_PLACES)

    council = [(COMMITTEE[0], 0), (COMMITTEE[0], 1), (COMMITTEE[0], 2)]
    council += [(unit, 0) for unit in ("so-noi-vu", "so-tai-chinh", "so-giao-duc", "so-y-te",
                                       "van-phong-ubnd", "thanh-tra-tinh", "mttq",
                                       "lien-doan-lao-dong")]
    for key in council:
        province.also(province.at[key], COUNCIL[0], ["council-member"])
    province.also(province.at["phong-tdkt", 0], COUNCIL[0], ["council-secretary"])

    departments = [department[0] for department in DEPARTMENTS]
    province.groups = {
        "hoi-dong-tdkt": province.holders("council-member"),
        "lanh-dao-ubnd-tinh": [province.at[COMMITTEE[0], i]["id"] for i in range(3)],
        "thu-truong-so-nganh": [province.at[unit, 0]["id"] for unit in departments],
        "lanh-dao-cap-xa": [province.at[each[0], 0]["id"] for each in communes],
        # The first union executive and the first board member of a department are in the chair.
        "chu-tich-cong-doan": [province.at[unit, 8]["id"] for unit in departments],
        "truong-ban-thanh-tra-nhan-dan": [province.at[unit, 11]["id"] for unit in departments],
        "tham-dinh-tdkt": [province.at["phong-tdkt", i]["id"] for i in range(2, 5)],
        "tham-dinh-dao-tao": [province.at["phong-to-chuc", i]["id"] for i in range(2, 5)],
    }
    return province


# --- Demonstration accounts: account, unit, place, what it shows in two languages --------------

ACCOUNTS = [
    ("quan-tri", None, None, "Quản trị hệ thống", "System administrator", "tinh-mau"),
    ("chu-tich", "ubnd-tinh", 0, "Chủ tịch Ủy ban nhân dân tỉnh",
     "Chair of the Provincial People's Committee", None),
    ("giam-doc-noi-vu", "so-noi-vu", 0, "Giám đốc Sở Nội vụ, thành viên Hội đồng",
     "Head of Home Affairs, council member", None),
    ("chuyen-vien-noi-vu", "so-noi-vu", 2, "Chuyên viên Sở Nội vụ", "Specialist, Home Affairs",
     None),
    ("thu-ky-hoi-dong", "phong-tdkt", 0, "Trưởng phòng Thi đua - Khen thưởng, thư ký Hội đồng",
     "Head of the Emulation and Reward Division, council secretary", None),
    ("tham-dinh", "phong-tdkt", 2, "Chuyên viên thẩm định khen thưởng",
     "Specialist who appraises nominations", None),
    ("giam-doc", "so-tai-chinh", 0, "Giám đốc Sở Tài chính, thành viên Hội đồng",
     "Head of Finance, council member", None),
    ("pho-giam-doc", "so-tai-chinh", 1, "Phó Giám đốc Sở Tài chính", "Deputy head of Finance",
     None),
    ("chuyen-vien", "so-tai-chinh", 2, "Chuyên viên Sở Tài chính", "Specialist, Finance", None),
    ("to-chuc", "so-tai-chinh", 5, "Cán bộ tổ chức Sở Tài chính", "Personnel officer, Finance",
     None),
    ("van-thu", "so-tai-chinh", 6, "Văn thư Sở Tài chính", "Registry clerk, Finance", None),
    ("ke-toan", "so-tai-chinh", 7, "Kế toán Sở Tài chính", "Accountant, Finance", None),
    ("cong-doan", "so-tai-chinh", 8, "Chủ tịch Công đoàn cơ sở Sở Tài chính",
     "Chair of the trade union executive, Finance", None),
    ("thanh-tra-nhan-dan", "so-tai-chinh", 11, "Trưởng Ban Thanh tra nhân dân Sở Tài chính",
     "Head of the People's Inspection Board, Finance", None),
    ("giam-doc-giao-duc", "so-giao-duc", 0, "Giám đốc Sở Giáo dục và Đào tạo, thành viên Hội đồng",
     "Head of Education, council member", None),
    ("chuyen-vien-giao-duc", "so-giao-duc", 2, "Chuyên viên Sở Giáo dục và Đào tạo",
     "Specialist, Education", None),
    ("giang-vien", "truong-chinh-tri", 15, "Giảng viên Trường Chính trị",
     "Trainer, School of Politics", None),
    ("kiem-tra", "thanh-tra-tinh", 15, "Thanh tra viên Thanh tra tỉnh",
     "Auditor, Provincial Inspectorate", None),
]


def accounts(province):
    found = []
    for account, unit, place, vi, en, shown_unit in ACCOUNTS:
        person = "quan-tri" if unit is None else province.at[unit, place]["id"]
        found.append({"account": account, "person": person, "role": {"vi": vi, "en": en},
                      "unit": shown_unit or unit})
    return found


# --- Files -------------------------------------------------------------------------------------

def lines(items):
    return ",\n".join("    " + json.dumps(item, ensure_ascii=False) for item in items)


def organisation_text(province):
    groups = [{"id": key, "members": value} for key, value in sorted(province.groups.items())]
    return ('{\n  "units": [\n' + lines(province.units) + '\n  ],\n  "people": [\n' +
            lines(province.people) + '\n  ],\n  "groups": [\n' + lines(groups) + "\n  ]\n}\n")


def accounts_text(province):
    return "[\n" + lines(accounts(province)).replace("    {", "  {") + "\n]\n"


def readme_text(province):
    kinds = {}
    for unit in province.units:
        kinds[unit["kind"]] = kinds.get(unit["kind"], 0) + 1
    counts = ", ".join(f"{count} `{kind}`" for kind, count in kinds.items())
    rows = []
    for account, entry in zip(ACCOUNTS, accounts(province)):
        person = next(p for p in province.people if p["id"] == entry["person"])
        roles = "; ".join(", ".join(m["roles"]) + " @ " + m["unit"] for m in person["memberships"])
        rows.append(f"| `{entry['account']}` | `{entry['person']}` | {person['name']} | {roles} |")
    known = []
    for unit in ("so-noi-vu", "phong-tdkt", "phong-to-chuc", "so-tai-chinh", "so-giao-duc"):
        members = [p for p in province.people if p["memberships"][0]["unit"] == unit]
        for person in members:
            roles = ", ".join(person["memberships"][0]["roles"])
            known.append(f"| `{unit}` | `{person['id']}` | {roles} |")
    groups = "\n".join(f"| `{key}` | {len(value)} |"
                       for key, value in sorted(province.groups.items()))
    return f"""# Tổ chức mẫu: Tỉnh Mẫu (the demonstration province)

Written by `generate.py`; do not edit by hand. `tinh-mau.json` is a file for
`kyhan import organisation`; `demo-accounts.json` lists the accounts of the demonstration.
The province does not exist, and the names, combined from common ones, are nobody's.

{len(province.units)} units ({counts}), {len(province.people)} people, {len(province.groups)} groups.

- Everybody who works in a unit has the role `staff` in it, leaders too; the people of a sub-unit
  are also `staff` of their department.
- A commune's leader is `head` of the commune; `chair` is held once, in `ubnd-tinh`.
- The first `union-executive` and the first `board-member` of a department, in the file's order,
  are in the chair; the groups `chu-tich-cong-doan` and `truong-ban-thanh-tra-nhan-dan` name them.
- The emulation council (unit `hoi-dong-tdkt`) has 11 `council-member` and a `council-secretary`,
  who has no vote.

## Demonstration accounts

| Account | Person | Name | Roles |
|---|---|---|---|
{chr(10).join(rows)}

## Groups

| Group | Members |
|---|---|
{groups}

## People of the departments that demonstrations use

| Unit | Person | Roles |
|---|---|---|
{chr(10).join(known)}
"""


def main():
    province = build()
    here = pathlib.Path(__file__).resolve().parent
    texts = {"tinh-mau.json": organisation_text(province),
             "demo-accounts.json": accounts_text(province), "README.md": readme_text(province)}
    different = []
    for name, text in texts.items():
        path = here / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            different.append(name)
            if "--check" not in sys.argv[1:]:
                path.write_text(text, encoding="utf-8")
    if "--check" in sys.argv[1:] and different:
        sys.exit("differs from what generate.py writes: " + ", ".join(different))


if __name__ == "__main__":
    main()
