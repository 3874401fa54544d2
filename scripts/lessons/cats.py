"""Cats, drawn after the layers of RoboHash's set 4: the pose, the places of eyes, mouth and accessories are theirs."""

from .pen import arc, circle, curve, ellipse, line, path

THEME = "cats"
CREDIT = "after the cats of RoboHash's set 4 by David Revoy, CC-BY 4.0; drawn anew"

HEAD = curve((322, 240), (255, 320), (216, 430), (236, 530), (310, 602), (430, 655), (560, 676), (700, 664), (830, 610),
             (918, 520), (950, 420), (932, 320), (885, 240))
CROWN = curve((510, 135), (600, 98), (690, 98), (790, 135))
LEFT_EAR = path(curve((322, 240), (297, 150), (318, 60)), curve((318, 60), (400, 105), (510, 135)))
RIGHT_EAR = path(curve((790, 135), (845, 108), (895, 72)), curve((895, 72), (922, 150), (885, 240)))
INNER_EARS = [path(curve((358, 205), (345, 160), (350, 118)), line((350, 118), (425, 165))),
              path(curve((848, 165), (868, 140), (880, 118)), line((880, 118), (880, 180)))]
TAIL = path(curve((300, 990), (180, 870), (100, 700), (52, 500), (35, 350), (60, 200), (110, 100), (175, 45)),
            curve((175, 45), (222, 75), (212, 160), (168, 280), (138, 440), (148, 600), (190, 730), (245, 840), (308, 925)))
BACK = curve((495, 672), (465, 765), (375, 825), (318, 915), (300, 990))
CHEST = curve((695, 668), (712, 760), (704, 850), (702, 912))
PAWS = [curve((570, 790), (556, 880), (552, 990)), curve((640, 800), (645, 880), (660, 925)),
        curve((660, 990), (655, 930), (702, 908), (750, 935), (758, 990)),
        curve((440, 990), (455, 950), (500, 945), (540, 990))]
NOSE = line((776, 482), (808, 480), (794, 512), (776, 482))
SMILE = [curve((794, 512), (775, 548), (738, 548)), curve((794, 512), (815, 545), (850, 535))]
BIG_EYES = [ellipse(638, 403, 54, 85, -4), ellipse(838, 383, 42, 80, -6)]
PUPILS = [ellipse(672, 405, 14, 27), ellipse(822, 386, 13, 26)]

WORDS = {
    "head": ("Draw a big round head", "크고 둥근 머리를 그려요"),
    "left ear": ("The left ear is pointed", "왼쪽 귀는 뾰족해요"),
    "right ear": ("So is the right ear", "오른쪽 귀도 뾰족해요"),
    "ears": ("Two pointed ears", "뾰족한 귀 두 개"),
    "eyes": ("Now the eyes", "이제 눈을 그려요"),
    "nose and mouth": ("A small nose and a smile", "작은 코와 웃는 입"),
    "body": ("The back and the chest", "등과 가슴을 그려요"),
    "paws": ("Legs and paws", "다리와 발"),
    "tail": ("A long tail that points up", "위로 올라간 긴 꼬리"),
}


def step(part, strokes, words=None):
    return part, words or WORDS[part], strokes


LESSONS = [
    dict(name="cat-first", title=("My first cat", "나의 첫 고양이"), difficulty=1, limit=90, worth=30, steps=[
        step("head", [HEAD, CROWN]),
        step("left ear", [LEFT_EAR]),
        step("right ear", [RIGHT_EAR]),
        step("eyes", [circle(640, 400, 26), circle(838, 390, 24)], ("Two round eyes", "동그란 눈 두 개")),
        step("nose and mouth", [NOSE, *SMILE]),
        step("body", [BACK, CHEST]),
        step("tail", [TAIL]),
    ]),
    dict(name="cat-happy", title=("A happy cat", "행복한 고양이"), difficulty=1, limit=120, worth=30, steps=[
        step("head", [HEAD, CROWN]),
        step("ears", [LEFT_EAR, RIGHT_EAR]),
        step("eyes", [arc(630, 420, 55, 50, 195, 345), arc(842, 405, 42, 46, 195, 345)],
             ("It is happy: its eyes are closed", "행복해서 눈을 감았어요")),
        step("nose and mouth", [NOSE, curve((725, 530), (755, 572), (800, 580), (845, 560), (862, 520)),
                                curve((725, 530), (790, 540), (862, 520))], ("A nose and a laughing mouth", "코와 크게 웃는 입")),
        step("body", [BACK, CHEST]),
        step("paws", PAWS),
        step("tail", [TAIL]),
    ]),
    dict(name="cat-with-bell", title=("A cat with a bell", "방울을 단 고양이"), difficulty=2, limit=150, worth=60, steps=[
        step("head", [HEAD, CROWN]),
        step("ears", [LEFT_EAR, RIGHT_EAR, *INNER_EARS]),
        step("eyes", [*BIG_EYES, *PUPILS], ("Large eyes that look at you", "나를 바라보는 큰 눈")),
        step("nose and mouth", [NOSE, *SMILE]),
        step("collar and bell", [curve((492, 690), (580, 722), (700, 712)), curve((482, 730), (580, 765), (708, 752)),
                                 circle(668, 778, 36), line((650, 790), (688, 788))],
             ("A collar with a bell", "방울 달린 목걸이")),
        step("body", [curve((478, 740), (455, 780), (375, 825), (318, 915), (300, 990)), curve((710, 755), (708, 850), (702, 912))]),
        step("paws", PAWS),
        step("tail", [TAIL]),
    ]),
    dict(name="cat-with-bow", title=("A cat with a bow", "리본을 한 고양이"), difficulty=2, limit=150, worth=60, steps=[
        step("head", [HEAD]),
        step("ears", [LEFT_EAR, RIGHT_EAR]),
        step("bow", [path(curve((640, 130), (560, 75), (505, 70)), curve((505, 70), (500, 150), (515, 225)),
                          curve((515, 225), (570, 215), (640, 178))),
                     path(curve((690, 130), (760, 75), (815, 70)), curve((815, 70), (822, 150), (808, 222)),
                          curve((808, 222), (760, 212), (690, 178))),
                     ellipse(665, 154, 30, 34)], ("A bow between the ears", "귀 사이에 리본")),
        step("eyes", [*BIG_EYES, *PUPILS]),
        step("nose and mouth", [NOSE, *SMILE]),
        step("body", [BACK, CHEST]),
        step("paws", PAWS),
        step("tail", [TAIL]),
    ]),
    dict(name="cat-with-scarf", title=("A cat with a scarf", "목도리를 한 고양이"), difficulty=3, limit=180, worth=90, steps=[
        step("head", [curve((322, 240), (255, 320), (216, 430), (236, 530), (300, 592)), CROWN,
                      curve((885, 240), (932, 320), (950, 420), (930, 522))], ("The sides and the top of the head", "머리의 양옆과 위")),
        step("ears", [LEFT_EAR, RIGHT_EAR, *INNER_EARS]),
        step("eyes", [*BIG_EYES, *PUPILS]),
        step("nose", [NOSE], ("A small nose", "작은 코")),
        step("scarf", [curve((275, 618), (340, 575), (520, 535), (750, 515), (900, 520), (980, 560), (955, 602), (848, 640),
                             (700, 712), (560, 712), (400, 700), (310, 662), (275, 618)),
                       curve((330, 640), (500, 605), (720, 590), (940, 590))], ("A warm scarf", "따뜻한 목도리")),
        step("ends of the scarf", [path(line((718, 705), (716, 928)), line((716, 928), (800, 930)), line((800, 930), (775, 690))),
                                   path(line((775, 690), (858, 925)), line((858, 925), (935, 900)), line((935, 900), (820, 655)))],
             ("Its ends hang down", "목도리 끝이 내려와요")),
        step("body", [curve((492, 714), (465, 775), (375, 828), (318, 915), (300, 990))], ("The back", "등을 그려요")),
        step("paws", [PAWS[0], PAWS[1], PAWS[3]]),
        step("tail", [TAIL]),
    ]),
]
