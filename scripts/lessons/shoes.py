"""Shoes, drawn after the outlines of photographs of the clothing dataset (CC0): boots, slippers, pumps and sneakers."""

from .pen import curve, line, loop, mirrored, moved, path

THEME = "shoes"
CREDIT = "after photographs of clothing-dataset, CC0 1.0; drawn anew"


def step(part, words, strokes):
    return part, words, strokes


SOLE_LEFT = loop((320, 55), (430, 80), (462, 180), (470, 300), (500, 440), (478, 560), (505, 740), (450, 835), (370, 855), (285, 800),
                 (250, 650), (200, 480), (168, 320), (168, 160), (220, 80))
STRAP_LEFT = path(curve((290, 620), (225, 500), (225, 380), (345, 205)), curve((345, 205), (450, 330), (480, 440), (440, 590)))
STRAP_INSIDE_LEFT = path(curve((262, 545), (255, 420), (348, 262)), curve((348, 262), (425, 350), (448, 440), (440, 590)))

PUMP_LEFT = loop((390, 55), (490, 90), (535, 230), (530, 400), (525, 560), (500, 720), (440, 870), (320, 925), (220, 880), (170, 730),
                 (180, 570), (215, 400), (260, 230), (320, 100))
PUMP_IN_LEFT = loop((395, 180), (465, 230), (500, 360), (495, 500), (440, 570), (340, 585), (240, 550), (225, 480), (270, 330), (330, 215))
BOW_LEFT = [loop((330, 650), (270, 615), (262, 690)), loop((330, 650), (392, 615), (398, 690))]

BOOT_LEFT = path(curve((190, 150), (205, 290), (265, 420), (300, 540), (285, 660), (245, 790), (270, 905), (345, 945), (430, 925), (475, 810),
                       (455, 680), (455, 540), (445, 420), (435, 280), (430, 140)))


def right_of(stroke):
    return mirrored(stroke, 505)


LESSONS = [
    dict(name="shoe-slippers", title=("Slippers for the beach", "바닷가 슬리퍼"), difficulty=1, limit=90, worth=30, steps=[
        step("left sole", ("A sole, wide at the toes", "발가락 쪽이 넓은 밑창"), [SOLE_LEFT]),
        step("right sole", ("And the other one", "다른 쪽 밑창도"), [right_of(SOLE_LEFT)]),
        step("left strap", ("A strap like a V", "V자 모양 끈"), [STRAP_LEFT, STRAP_INSIDE_LEFT]),
        step("right strap", ("And the other strap", "다른 쪽 끈도"), [right_of(STRAP_LEFT), right_of(STRAP_INSIDE_LEFT)]),
    ]),
    dict(name="shoe-pumps", title=("Dancing shoes", "춤추는 구두"), difficulty=1, limit=120, worth=30, steps=[
        step("left shoe", ("The outline of the left shoe", "왼쪽 구두의 바깥선"), [PUMP_LEFT]),
        step("left opening", ("Where the foot goes in", "발이 들어가는 곳"), [PUMP_IN_LEFT]),
        step("right shoe", ("The outline of the right shoe", "오른쪽 구두의 바깥선"), [mirrored(PUMP_LEFT, 545)]),
        step("right opening", ("Its opening", "발이 들어가는 곳"), [mirrored(PUMP_IN_LEFT, 545)]),
        step("bows", ("A bow on each", "리본 두 개"), [*BOW_LEFT, *[mirrored(stroke, 545) for stroke in BOW_LEFT]]),
    ]),
    dict(name="shoe-rain-boots", title=("Rain boots", "장화"), difficulty=2, limit=120, worth=60, steps=[
        step("left boot", ("A boot, from the shaft to the toes", "목부터 발끝까지 장화"), [BOOT_LEFT]),
        step("left opening", ("Its opening is round", "둥근 입구"), [loop((190, 150), (250, 80), (360, 70), (430, 140), (385, 220), (260, 235))]),
        step("right boot", ("The other boot", "다른 쪽 장화"), [right_of(BOOT_LEFT)]),
        step("right opening", ("And its opening", "그 입구"), [right_of(loop((190, 150), (250, 80), (360, 70), (430, 140), (385, 220), (260, 235)))]),
        step("stripes", ("Two stripes on each", "줄무늬 두 개씩"),
             [curve((220, 340), (330, 385), (438, 340)), curve((250, 395), (345, 440), (443, 395)),
              right_of(curve((220, 340), (330, 385), (438, 340))), right_of(curve((250, 395), (345, 440), (443, 395)))]),
    ]),
    dict(name="shoe-sneaker", title=("A sneaker", "운동화"), difficulty=2, limit=150, worth=60, steps=[
        step("upper", ("The shoe from the side", "옆에서 본 신발"),
             [path(curve((60, 385), (75, 345), (115, 350), (170, 400), (260, 415), (345, 330)), curve((345, 330), (400, 300), (480, 315)),
                   curve((480, 315), (620, 405), (780, 425), (890, 450), (945, 540)))]),
        step("sole", ("A thick sole", "두꺼운 밑창"),
             [path(curve((60, 385), (50, 480), (75, 590), (100, 650)), curve((100, 650), (300, 665), (480, 705), (700, 700), (880, 640), (945, 540))),
              curve((80, 605), (300, 625), (480, 665), (690, 660), (860, 600), (945, 540))]),
        step("opening", ("Where the foot goes in", "발이 들어가는 곳"), [curve((115, 350), (130, 440), (200, 470), (290, 455), (345, 330))]),
        step("laces", ("Laces, one after the other", "신발끈을 하나씩"),
             [line((440, 330), (400, 415)), line((510, 350), (468, 450)), line((580, 385), (540, 480)), line((645, 410), (615, 505))]),
        step("stripes", ("Three stripes", "줄무늬 세 개"),
             [line((330, 480), (400, 640)), line((410, 490), (475, 655)), line((490, 505), (550, 660))]),
        step("toe", ("And the toe cap", "앞코"), [curve((770, 425), (740, 520), (770, 640))]),
    ]),
    dict(name="shoe-high-heel", title=("A boot with a heel", "굽이 높은 부츠"), difficulty=3, limit=150, worth=90, steps=[
        step("front", ("From the top down to the toes", "위에서 발끝까지"),
             [curve((125, 95), (260, 95), (400, 175), (520, 310), (580, 520), (660, 670), (790, 725), (900, 740), (945, 790))]),
        step("back", ("The back, down to the heel", "뒤꿈치까지 뒷선"), [curve((125, 95), (118, 240), (65, 360), (55, 520), (85, 565))]),
        step("heel", ("A high thin heel", "높고 가는 굽"), [path(line((85, 565), (125, 845)), line((125, 845), (165, 845)), curve((165, 845), (172, 700), (205, 610)))]),
        step("sole", ("The sole", "밑창"), [curve((205, 610), (290, 690), (350, 820), (400, 890), (600, 900), (800, 880), (945, 850)),
                                          path(curve((390, 855), (600, 860), (800, 845), (945, 825)), line((945, 825), (945, 790)))]),
        step("folds", ("Folds in the leather", "가죽 주름"), [curve((520, 690), (580, 720), (665, 670)), curve((510, 740), (590, 770), (690, 700)),
                                                        curve((130, 230), (260, 245), (430, 225))]),
    ]),
]
