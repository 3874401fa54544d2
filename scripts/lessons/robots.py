"""Robots, drawn after the layers of RoboHash's set 1: heads, necks, eyes and accessories have their places and shapes."""

from .pen import arc, box, circle, curve, ellipse, line, path

THEME = "robots"
CREDIT = "after the robots of RoboHash's set 1 by Zikri Kader, CC-BY 4.0; drawn anew"

NECK = [line((500, 780), (497, 690)), line((556, 780), (553, 690)), line((499, 720), (555, 718)), line((500, 750), (556, 748))]


def step(part, words, strokes):
    return part, words, strokes


ANTENNA = [path(curve((410, 318), (430, 296), (505, 292)), curve((505, 292), (515, 310), (508, 325))),
           line((445, 292), (456, 125)), line((478, 290), (466, 125)), circle(460, 92, 34)]

LESSONS = [
    dict(name="robot-antenna", title=("A robot with an antenna", "안테나 로봇"), difficulty=1, limit=90, worth=30, steps=[
        step("head", ("A head like an egg with a flat bottom", "아래가 평평한 달걀 모양 머리"),
             [path(curve((365, 760), (330, 620), (305, 480), (325, 370), (395, 308), (480, 292), (565, 325), (612, 405), (632, 560), (648, 728)),
                   curve((648, 728), (500, 772), (365, 760)))]),
        step("antenna", ("An antenna with a ball", "공이 달린 안테나"), ANTENNA[1:]),
        step("eyes", ("Two round lamps are the eyes", "동그란 전등 눈 두 개"),
             [circle(375, 465, 52), circle(515, 465, 52), circle(375, 465, 18), circle(515, 465, 18)]),
        step("mouth", ("A mouth like a slot", "길쭉한 입"), [box(390, 610, 530, 655)]),
        step("neck", ("A neck with rings", "고리가 있는 목"), [line((470, 858), (470, 772)), line((535, 858), (535, 762)), line((470, 812), (535, 808))]),
        step("body", ("Wide shoulders", "넓은 어깨"), [curve((190, 1000), (215, 905), (320, 865), (500, 855), (690, 865), (790, 905), (815, 1000))]),
    ]),
    dict(name="robot-visor", title=("A robot with a visor", "선글라스 로봇"), difficulty=1, limit=120, worth=30, steps=[
        step("head", ("A head like a tin: first the sides", "깡통 머리: 먼저 옆면"),
             [path(line((305, 320), (318, 735)), curve((318, 735), (450, 770), (612, 735)), line((612, 735), (622, 320)))]),
        step("lid", ("An oval lid on it", "타원형 뚜껑"), [ellipse(463, 318, 159, 42)]),
        step("visor", ("A long visor", "긴 선글라스"),
             [path(arc(375, 475, 52, 52, 90, 270), line((375, 423), (560, 405)), arc(560, 455, 50, 50, -90, 90), line((560, 505), (375, 527)))]),
        step("mouth", ("Four bars are its mouth", "막대 네 개가 입이에요"),
             [line((400, 600), (405, 665)), line((440, 600), (443, 665)), line((480, 598), (482, 663)), line((520, 596), (521, 661))]),
        step("neck", ("A neck", "목"), [line((440, 860), (440, 768)), line((505, 860), (505, 766)), line((440, 812), (505, 812))]),
        step("body", ("A body with two arms", "팔이 달린 몸통"),
             [path(line((370, 1000), (345, 880)), line((345, 880), (600, 880)), line((600, 880), (575, 1000))),
              curve((345, 900), (270, 930), (250, 1000)), curve((600, 900), (680, 930), (700, 1000))]),
    ]),
    dict(name="robot-dish", title=("A robot that listens", "귀 기울이는 로봇"), difficulty=2, limit=120, worth=60, steps=[
        step("head", ("A round head", "둥근 머리"), [ellipse(480, 500, 200, 208)]),
        step("dish", ("A dish on top", "위에 접시 안테나"), [ellipse(440, 158, 78, 102, 30), circle(415, 145, 24), line((482, 292), (478, 244))]),
        step("eye", ("One large eye", "커다란 눈 하나"), [circle(440, 460, 70), circle(440, 460, 28)]),
        step("mouth", ("A smile", "웃는 입"), [path(curve((370, 600), (450, 640), (560, 600)), line((560, 600), (555, 640)),
                                               curve((555, 640), (455, 680), (375, 640)), line((375, 640), (370, 600)))]),
        step("ears", ("Bolts at the sides", "양옆의 나사"), [path(line((285, 470), (235, 480)), line((235, 480), (240, 550)), line((240, 550), (292, 555))),
                                                       path(line((676, 470), (726, 480)), line((726, 480), (720, 550)), line((720, 550), (670, 555)))]),
        step("neck", ("A bent neck", "구부러진 목"), [curve((450, 708), (445, 770), (455, 830)), curve((520, 705), (515, 770), (525, 830)), line((447, 768), (517, 768))]),
        step("body", ("A body like a bell", "종 모양 몸통"), [curve((240, 1000), (270, 900), (370, 838), (490, 828), (610, 838), (710, 900), (740, 1000)), circle(490, 930, 40)]),
    ]),
    dict(name="robot-strong", title=("A strong robot", "힘센 로봇"), difficulty=3, limit=180, worth=90, steps=[
        step("head", ("A head like a helmet", "헬멧 같은 머리"),
             [path(curve((330, 725), (315, 560), (325, 380), (400, 270), (540, 240), (690, 262), (735, 340)),
                   curve((735, 340), (750, 500), (770, 650)), line((770, 650), (700, 690)), curve((700, 690), (520, 725), (330, 725)))]),
        step("side", ("The side of the head", "머리의 옆면"), [curve((700, 690), (590, 560), (580, 400), (640, 300), (700, 268))]),
        step("eyes", ("Angry eyes", "화난 눈"), [line((370, 450), (440, 475), (435, 510), (380, 500), (370, 450)),
                                              line((560, 450), (490, 475), (495, 510), (550, 500), (560, 450))]),
        step("mouth", ("A mouth with teeth", "이가 있는 입"), [path(curve((360, 590), (455, 620), (560, 590)), line((560, 590), (555, 660)),
                                                            curve((555, 660), (455, 690), (370, 660)), line((370, 660), (360, 590))),
                                                     line((410, 604), (414, 674)), line((460, 612), (462, 682)), line((512, 606), (510, 674))]),
        step("light", ("A light on its head", "머리 위 전등"), [path(line((470, 248), (470, 210)), line((470, 210), (590, 205)), line((590, 205), (590, 242))),
                                                      arc(530, 207, 42, 55, 180, 360)]),
        step("neck", ("A short neck", "짧은 목"), [line((480, 780), (480, 722)), line((560, 780), (560, 718)), line((480, 750), (560, 748))]),
        step("body", ("A chest like a hill", "언덕 같은 가슴"), [curve((180, 1000), (230, 880), (350, 800), (520, 775), (690, 800), (810, 880), (860, 1000)),
                                                        circle(520, 905, 70)]),
        step("arms", ("Round shoulders", "둥근 어깨"), [curve((205, 930), (130, 880), (60, 920), (45, 1000)), curve((835, 930), (905, 880), (960, 920), (975, 1000))]),
    ]),
]
