"""Motorbikes from the right, drawn after the outlines of those in Caltech-101: wheels, tank, seat and fork have their places."""

from .pen import arc, circle, curve, ellipse, line, path

THEME = "motorbikes"
CREDIT = "drawn from scratch; proportions as in the pictures of Caltech-101"


def step(part, words, strokes):
    return part, words, strokes


def wheels(left, right, hub=24):
    (a, b, r), (c, d, s) = left, right
    return [step("rear wheel", ("The rear wheel", "뒷바퀴"), [circle(a, b, r), circle(a, b, hub)]),
            step("front wheel", ("The front wheel", "앞바퀴"), [circle(c, d, s), circle(c, d, hub)])]


LESSONS = [
    dict(name="motorbike-moped", title=("A little moped", "작은 오토바이"), difficulty=1, limit=120, worth=30, steps=[
        *wheels((265, 640, 112), (745, 640, 112)),
        step("body", ("A body that swings from seat to front", "안장에서 앞까지 이어지는 몸체"),
             [path(curve((165, 520), (200, 430), (300, 405), (430, 420)), curve((430, 420), (455, 560), (520, 640)), line((520, 640), (610, 640)),
                   curve((610, 640), (650, 480), (640, 330)))]),
        step("under the seat", ("The rear part above the wheel", "바퀴 위 뒷부분"), [curve((165, 520), (270, 500), (370, 560), (400, 650), (520, 640))]),
        step("seat", ("A soft seat", "푹신한 안장"), [curve((190, 410), (250, 365), (350, 365), (430, 395))]),
        step("fork", ("The fork", "앞 포크"), [line((655, 400), (745, 640)), curve((645, 560), (700, 500), (790, 520), (850, 570))]),
        step("handlebar", ("The handlebar and a lamp", "핸들과 전조등"), [curve((545, 300), (600, 325), (655, 305)), circle(680, 355, 34)]),
    ]),
    dict(name="motorbike-cruiser", title=("A cruiser", "크루저"), difficulty=2, limit=150, worth=60, steps=[
        *wheels((266, 606, 104), (777, 608, 106)),
        step("tank", ("A tank like a drop", "물방울 모양 연료통"), [path(curve((447, 478), (480, 405), (560, 380), (622, 405), (622, 478)), curve((622, 478), (540, 490), (447, 478)))]),
        step("seat", ("A low seat", "낮은 안장"), [curve((235, 452), (270, 428), (345, 445), (392, 478), (447, 478)), curve((235, 452), (300, 468), (380, 500), (455, 500))]),
        step("rear fender", ("A fender over the rear wheel", "뒷바퀴 덮개"), [curve((130, 575), (160, 495), (235, 460), (320, 485), (385, 580))]),
        step("front fender", ("And one over the front wheel", "앞바퀴 덮개"), [arc(777, 608, 128, 128, 190, 325)]),
        step("fork", ("The fork up to the handlebar", "핸들까지 포크"), [line((777, 608), (655, 385)), curve((535, 330), (600, 330), (665, 345), (655, 385)), circle(705, 410, 32)]),
        step("engine", ("The engine and the pipe", "엔진과 배기관"), [circle(545, 565, 70), path(line((590, 620), (500, 655)), line((500, 655), (160, 655)))]),
    ]),
    dict(name="motorbike-cross", title=("Over hill and dale", "산악 오토바이"), difficulty=2, limit=150, worth=60, steps=[
        *wheels((264, 608, 108), (736, 602, 114)),
        step("seat and tank", ("A long seat and the tank", "긴 안장과 연료통"), [curve((282, 401), (375, 420), (465, 419), (530, 370), (590, 350)), curve((300, 430), (400, 470), (480, 475), (560, 440), (600, 400))]),
        step("fork", ("A long fork", "긴 포크"), [line((600, 330), (736, 602)), line((628, 318), (758, 590))]),
        step("front fender", ("A fender high above the wheel", "높은 앞바퀴 덮개"), [curve((630, 415), (700, 395), (765, 415), (825, 460))]),
        step("rear fender", ("And one behind", "뒷바퀴 덮개"), [path(curve((282, 401), (215, 395), (150, 430)), curve((150, 430), (220, 430), (300, 430)))]),
        step("handlebar", ("The handlebar", "핸들"), [curve((525, 335), (560, 305), (640, 300))]),
        step("engine", ("The engine and the swing arm", "엔진과 스윙암"), [path(line((440, 500), (580, 480)), line((580, 480), (590, 590)), line((590, 590), (470, 620)), line((470, 620), (440, 500))),
                                                            line((450, 560), (264, 608))]),
    ]),
    dict(name="motorbike-racer", title=("A racer", "경주용 오토바이"), difficulty=3, limit=180, worth=90, steps=[
        *wheels((264, 592, 108), (753, 590, 108)),
        step("tail", ("A pointed tail", "뾰족한 꼬리"), [path(curve((150, 350), (260, 380), (345, 430)), line((345, 430), (440, 440))), curve((150, 350), (200, 420), (300, 480), (420, 500))]),
        step("tank", ("The tank", "연료통"), [curve((440, 440), (465, 380), (540, 355), (620, 385), (645, 430))]),
        step("fairing", ("The fairing in front", "앞 덮개"), [path(curve((645, 430), (670, 340), (720, 320)), curve((720, 320), (780, 370), (815, 440)), curve((815, 440), (740, 470), (690, 500)),
                                                           curve((690, 500), (640, 580), (600, 640)), line((600, 640), (390, 635)), line((390, 635), (440, 500)))]),
        step("windscreen", ("The windscreen", "바람막이"), [curve((650, 415), (640, 340), (665, 300), (720, 320))]),
        step("front fender", ("A fender over the front wheel", "앞바퀴 덮개"), [arc(753, 590, 128, 128, 215, 330)]),
        step("exhaust", ("The exhaust", "배기관"), [path(line((180, 520), (390, 600)), line((390, 600), (380, 640)), line((380, 640), (165, 560)), line((165, 560), (180, 520)))]),
    ]),
]
