"""Cartoon faces, drawn after the style Adventurer: round head, large ear, eyes of unequal size."""

from .pen import arc, circle, curve, ellipse, line, path

THEME = "faces"
CREDIT = "after the style Adventurer by Lisa Wischofsky, CC-BY 4.0; drawn anew"

FACE = arc(486, 508, 293, 293, 22, 338 - 12)
FACE_BELOW = arc(486, 508, 293, 293, 20, 205)
EAR = [arc(772, 568, 78, 80, -135, 118), curve((752, 545), (790, 545), (775, 570), (800, 585), (770, 612))]
EYES = [circle(520, 533, 84), circle(296, 550, 72)]
PUPILS = [circle(520, 540, 26), circle(300, 556, 24)]
BROWS = [curve((455, 400), (520, 372), (600, 395)), curve((235, 432), (285, 405), (345, 412))]
SMILE = [curve((325, 655), (410, 705), (505, 650))]
LAUGH = [path(curve((325, 645), (420, 660), (520, 635)), curve((520, 635), (490, 730), (420, 755)), curve((420, 755), (350, 730), (325, 645)))]


def step(part, words, strokes):
    return part, words, strokes


FACE_STEP = step("face", ("A round face; leave the top for the hair", "둥근 얼굴, 위쪽은 머리카락 자리"), [FACE_BELOW])
EAR_STEP = step("ear", ("One large ear", "커다란 귀 하나"), EAR)
EYES_STEP = step("eyes", ("Two round eyes; the right one is larger", "동그란 눈 두 개, 오른쪽이 더 커요"), [*EYES, *PUPILS])
BROWS_STEP = step("eyebrows", ("Eyebrows", "눈썹"), BROWS)

LESSONS = [
    dict(name="face-bald", title=("A round face", "동그란 얼굴"), difficulty=1, limit=60, worth=30, steps=[
        step("face", ("Draw a large round face", "크고 둥근 얼굴을 그려요"), [FACE]),
        EAR_STEP,
        EYES_STEP,
        BROWS_STEP,
        step("mouth", ("A smile", "웃는 입"), SMILE),
    ]),
    dict(name="face-short-hair", title=("Short hair", "짧은 머리"), difficulty=1, limit=120, worth=30, steps=[
        FACE_STEP,
        EAR_STEP,
        EYES_STEP,
        BROWS_STEP,
        step("mouth", ("A laughing mouth", "크게 웃는 입"), LAUGH),
        step("hair", ("Short hair over the forehead", "이마 위의 짧은 머리"),
             [path(curve((212, 400), (190, 300), (260, 205), (400, 160), (560, 165), (700, 215), (770, 330), (762, 490)),
                   line((762, 490), (715, 470)), curve((715, 470), (712, 400), (660, 352)), curve((660, 352), (450, 345), (212, 400)))]),
    ]),
    dict(name="face-bun", title=("A bun", "올림머리"), difficulty=2, limit=120, worth=60, steps=[
        FACE_STEP,
        EAR_STEP,
        EYES_STEP,
        BROWS_STEP,
        step("mouth", ("A smile", "웃는 입"), SMILE),
        step("hair", ("Hair, tied back", "뒤로 묶은 머리"),
             [path(curve((205, 430), (235, 270), (370, 190), (520, 188), (660, 235), (755, 340), (790, 480)), line((790, 480), (720, 500)),
                   curve((720, 500), (690, 400), (610, 330)), curve((610, 330), (400, 330), (205, 430)))]),
        step("bun", ("And a bun on top", "위에 동그란 올림머리"), [arc(585, 130, 105, 88, 130, 415), curve((530, 110), (570, 145), (630, 130))]),
    ]),
    dict(name="face-glasses", title=("Glasses", "안경"), difficulty=2, limit=150, worth=60, steps=[
        FACE_STEP,
        EAR_STEP,
        step("eyes", ("Small eyes", "작은 눈"), [circle(535, 540, 28), circle(300, 555, 26)]),
        step("glasses", ("Round glasses over them", "그 위에 동그란 안경"),
             [circle(535, 540, 105), circle(300, 555, 92), arc(414, 535, 28, 26, 200, 340), line((640, 535), (722, 520))]),
        BROWS_STEP,
        step("mouth", ("A smile", "웃는 입"), SMILE),
        step("hair", ("Curly hair", "곱슬머리"),
             [curve((200, 420), (150, 350), (205, 290), (190, 215), (275, 195), (310, 125), (400, 150), (470, 95), (545, 145), (630, 120),
                    (665, 195), (745, 215), (745, 300), (800, 360), (760, 420), (770, 480)),
              curve((200, 420), (260, 375), (330, 395), (390, 345), (470, 375), (540, 335), (610, 370), (680, 360), (715, 420), (720, 490))]),
    ]),
    dict(name="face-long-hair", title=("Long hair", "긴 머리"), difficulty=3, limit=150, worth=90, steps=[
        step("face", ("A round face; the hair hides its sides", "둥근 얼굴, 옆은 머리카락에 가려요"), [arc(486, 508, 293, 293, 42, 200)]),
        EYES_STEP,
        BROWS_STEP,
        step("mouth", ("A laughing mouth", "크게 웃는 입"), LAUGH),
        step("hair outside", ("Hair falls down on both sides", "양옆으로 내려오는 머리"),
             [curve((130, 850), (95, 700), (110, 480), (160, 300), (290, 175), (450, 135), (640, 160), (790, 280), (870, 470), (890, 680), (850, 880))]),
        step("hair inside", ("Where it meets the face", "얼굴과 만나는 곳"),
             [curve((300, 215), (260, 330), (205, 440), (195, 580), (215, 720), (200, 850)), curve((300, 215), (420, 330), (600, 390), (715, 400)),
              curve((715, 400), (735, 560), (700, 730), (720, 880))]),
        step("ends", ("And its ends", "머리 끝"), [line((130, 850), (165, 820), (200, 850)), line((720, 880), (785, 845), (850, 880))]),
    ]),
]
