"""Galaxies and nebulae, drawn after the shapes of those in stellarium-data: spirals, rings, edges, clouds."""

from .pen import arc, circle, curve, ellipse, line, loop, path, spiral

THEME = "space"
CREDIT = "drawn from scratch; shapes as in the pictures of stellarium-data"

SPOTS = [(120, 150), (860, 120), (905, 820), (95, 870), (500, 60), (60, 500), (945, 470), (330, 930)]


def step(part, words, strokes):
    return part, words, strokes


def stars(*which):
    return step("stars", ("Stars around it", "주위의 별들"), [circle(x, y, 15) for x, y in (SPOTS[k] for k in which)])


LESSONS = [
    dict(name="space-spiral", title=("A spiral galaxy", "나선 은하"), difficulty=1, limit=90, worth=30, steps=[
        step("core", ("A bright core in the middle", "가운데 밝은 핵"), [ellipse(500, 500, 75, 60, 20)]),
        step("first arm", ("An arm that winds outward", "밖으로 감기는 팔"), [spiral(500, 500, 90, 390, 0, 330, 0.8, 20)]),
        step("second arm", ("And one on the other side", "반대쪽 팔 하나 더"), [spiral(500, 500, 90, 390, 180, 330, 0.8, 20)]),
        stars(0, 1, 2, 3),
    ]),
    dict(name="space-ring", title=("A ring nebula", "고리 성운"), difficulty=1, limit=90, worth=30, steps=[
        step("outer edge", ("A large ring, a little bumpy", "조금 울퉁불퉁한 큰 고리"),
             [loop((500, 140), (620, 160), (720, 215), (815, 310), (850, 430), (860, 550), (805, 680), (725, 780), (610, 840), (490, 862), (370, 835),
                   (265, 775), (180, 670), (145, 545), (150, 420), (205, 300), (285, 205), (385, 155))]),
        step("inner edge", ("A smaller ring inside", "안쪽의 작은 고리"), [ellipse(500, 500, 185, 195)]),
        step("star in the middle", ("A star in the middle", "가운데 별"), [circle(500, 500, 26)]),
        step("rays", ("Rays between both rings", "두 고리 사이의 빛줄기"),
             [line((700, 440), (800, 410)), line((640, 650), (715, 725)), line((400, 690), (365, 775)), line((295, 510), (200, 515)), line((385, 325), (330, 245)), line((570, 300), (600, 205))]),
    ]),
    dict(name="space-edge", title=("A galaxy from the side", "옆에서 본 은하"), difficulty=2, limit=120, worth=60, steps=[
        step("disc", ("A long tilted disc", "길고 기울어진 원반"), [ellipse(500, 500, 430, 100, 35)]),
        step("bulge", ("A bulge in the middle", "가운데 볼록한 곳"), [arc(500, 500, 155, 155, -105, -5), arc(500, 500, 155, 155, 75, 175)]),
        step("dust lane", ("A dark lane along it", "가운데를 지나는 어두운 띠"),
             [curve((215, 310), (350, 400), (500, 515), (650, 615), (790, 700)), curve((190, 330), (330, 435), (480, 545), (630, 645), (770, 720))]),
        stars(1, 3, 4, 5, 6),
    ]),
    dict(name="space-cloud", title=("A cloud where stars are born", "별이 태어나는 구름"), difficulty=2, limit=150, worth=60, steps=[
        step("cloud", ("The edge of a large cloud", "큰 구름의 가장자리"),
             [loop((230, 390), (210, 270), (310, 205), (400, 240), (470, 140), (600, 135), (660, 225), (780, 220), (850, 320), (800, 430), (890, 520),
                   (860, 650), (740, 690), (700, 800), (560, 845), (450, 780), (330, 830), (210, 760), (210, 640), (120, 560), (140, 440))]),
        step("glowing heart", ("Its glowing heart", "빛나는 가운데"),
             [loop((390, 420), (480, 350), (600, 370), (670, 460), (640, 570), (530, 640), (420, 600), (360, 510))]),
        step("dark pillars", ("Two dark pillars", "어두운 기둥 두 개"),
             [path(curve((380, 760), (400, 640), (430, 500)), curve((430, 500), (465, 480), (480, 520)), curve((480, 520), (470, 640), (480, 775))),
              path(curve((560, 800), (560, 680), (550, 570)), curve((550, 570), (580, 545), (605, 580)), curve((605, 580), (620, 690), (640, 800)))]),
        stars(0, 1, 2, 3),
    ]),
    dict(name="space-hourglass", title=("An hourglass nebula", "모래시계 성운"), difficulty=3, limit=150, worth=90, steps=[
        step("upper lobe", ("A bubble above", "위쪽 거품"), [curve((470, 480), (300, 400), (220, 260), (300, 120), (500, 70), (700, 120), (780, 260), (700, 400), (530, 480))]),
        step("lower lobe", ("And one below", "아래쪽 거품"), [curve((470, 520), (300, 600), (220, 740), (300, 880), (500, 930), (700, 880), (780, 740), (700, 600), (530, 520))]),
        step("star in the middle", ("The star that made them", "거품을 만든 별"), [circle(500, 500, 36)]),
        step("inner bubbles", ("Smaller bubbles inside", "안쪽의 작은 거품"),
             [curve((440, 400), (340, 310), (370, 200), (500, 160), (630, 200), (660, 310), (560, 400)),
              curve((440, 600), (340, 690), (370, 800), (500, 840), (630, 800), (660, 690), (560, 600))]),
        step("ring", ("A flat ring around the waist", "허리를 두르는 고리"), [ellipse(500, 500, 230, 45)]),
        stars(0, 1, 2, 3, 5, 6),
    ]),
]
