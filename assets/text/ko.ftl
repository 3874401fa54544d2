# What the window says, in Korean. The same keys as in en.ftl.

## Menus

menu-file = 파일
menu-edit = 편집
menu-mask = 표시
menu-erasure = 지운 곳
menu-tool = 도구
menu-view = 보기
menu-help = 도움말
search-commands = 명령 찾기
clear-recent = 목록 비우기

## Commands

command-open = 열기…
    .tip = 사진이나 작업 파일을 엽니다.
command-open-recent = 최근 파일 열기…
    .tip = 전에 열었던 사진을 엽니다.
command-open-by-path = 경로로 열기…
    .tip = 사진의 경로를 입력하거나 붙여 넣습니다.
command-paste = 새 사진으로 붙여넣기
    .tip = 클립보드의 그림을 엽니다.
command-save-copy = 복사본 저장
    .tip = 결과를 사진 옆에 새 이름으로 저장합니다. 원본 사진은 절대 덮어쓰지 않습니다.
command-save-as = 다른 이름으로 저장…
    .tip = 결과를 저장할 곳을 고릅니다.
command-save-to-path = 경로로 저장…
    .tip = 결과를 저장할 경로를 입력하거나 붙여 넣습니다.
command-export = 품질을 정해 내보내기…
    .tip = 형식과 JPEG 품질을 고릅니다.
command-save-session = 작업 저장
    .tip = 사진과 지운 곳, 후보를 한 파일에 담아 나중에 이어서 합니다.
command-save-session-as = 다른 이름으로 작업 저장…
    .tip = 작업을 다른 이름으로 저장합니다.
command-copy-picture = 그림 복사
    .tip = 결과를 클립보드에 복사합니다.
command-import-mask = 표시 가져오기…
    .tip = 사진과 같은 크기의 그림에서 표시를 읽습니다. 흰 부분이 지워집니다.
command-export-mask = 표시 내보내기…
    .tip = 표시를 PNG 파일로 저장합니다. 흰 부분이 지워집니다.
command-close-document = 사진 닫기
    .tip = 사진을 닫고 시작 화면으로 돌아갑니다.
command-quit = 끝내기
    .tip = 창을 닫습니다.
command-undo = 실행 취소
    .tip = 한 단계 되돌립니다.
command-redo = 다시 실행
    .tip = 한 단계 다시 나아갑니다.
command-erase-marked = 지우기
    .tip = 표시한 곳을 주변으로 채웁니다.
command-cancel-job = 작업 취소
    .tip = 하고 있는 일을 멈춥니다.
command-reroll = 다시 만들기
    .tip = 선택한 곳의 후보를 더 만듭니다.
command-next-candidate = 다음 후보
    .tip = 선택한 곳을 채우는 다음 방법을 봅니다.
command-previous-candidate = 이전 후보
    .tip = 선택한 곳을 채우는 이전 방법을 봅니다.
command-select-above = 위의 지운 곳 선택
    .tip = 위에 놓인 지운 곳을 선택합니다.
command-select-below = 아래의 지운 곳 선택
    .tip = 아래에 놓인 지운 곳을 선택합니다.
command-toggle-erasure = 숨기기/보이기
    .tip = 선택한 곳을 숨기거나 보입니다.
command-delete-erasure = 삭제
    .tip = 선택한 곳을 없애고 원래 사진을 다시 보입니다.
command-move-erasure-up = 위로 옮기기
    .tip = 선택한 곳을 한 칸 위로 옮깁니다.
command-move-erasure-down = 아래로 옮기기
    .tip = 선택한 곳을 한 칸 아래로 옮깁니다.
command-grow-mask = 표시 넓히기
    .tip = 표시한 곳을 조금 넓힙니다.
command-shrink-mask = 표시 좁히기
    .tip = 표시한 곳을 조금 좁힙니다.
command-feather-mask = 표시 가장자리 흐리게…
    .tip = 표시의 가장자리를 부드럽게 합니다.
command-invert-mask = 표시 반전
    .tip = 표시한 곳과 하지 않은 곳을 바꿉니다.
command-clear-mask = 표시 지우기
    .tip = 모든 표시를 없앱니다.
command-clear-sources = 본뜨기 표시 지우기
    .tip = 두 가지 본뜨기 표시를 모두 없앱니다.
command-tool-brush = 붓
    .tip = 지울 것을 칠합니다.
command-tool-eraser = 지우개
    .tip = 표시를 없앱니다.
command-tool-rectangle = 사각형
    .tip = 사각형으로 표시합니다.
command-tool-lasso = 올가미
    .tip = 둘러싼 곳을 표시합니다.
command-tool-polygon = 다각형
    .tip = 꼭짓점을 눌러 표시합니다.
command-tool-object = 물체 선택
    .tip = 물체 위에 낙서하거나 대충 두르면 윤곽이 표시됩니다. Enter를 누르면 지웁니다.
command-tool-sample-from = 여기서 본뜨기
    .tip = 채울 때 본뜰 곳을 칠합니다.
command-tool-sample-never = 여기서 본뜨지 않기
    .tip = 채울 때 본뜨면 안 되는 곳을 칠합니다.
command-tool-pan = 화면 옮기기
    .tip = 창 안에서 사진을 옮깁니다. 스페이스 바를 눌러도 됩니다.
command-brush-smaller = 붓 작게
    .tip = 붓을 작게 합니다.
command-brush-larger = 붓 크게
    .tip = 붓을 크게 합니다.
command-toggle-auto-fill = 떼면 바로 지우기
    .tip = 획이 끝나면 바로 지웁니다.
command-fit = 창에 맞추기
    .tip = 사진 전체를 보입니다.
command-actual-size = 실제 크기
    .tip = 사진의 한 픽셀을 화면의 한 픽셀로 보입니다.
command-zoom-in = 확대
    .tip = 더 가까이 봅니다.
command-zoom-out = 축소
    .tip = 더 멀리서 봅니다.
command-compare-divider = 전후 비교
    .tip = 끌 수 있는 선으로 화면을 나눕니다.
command-hold-original = 원본 보기
    .tip = 원래 사진을 보입니다. 키로는 누르고 있는 동안만 보입니다.
command-difference-view = 차이
    .tip = 결과가 사진과 다른 곳만 강조해서 보입니다.
command-toggle-theme = 어둡게/밝게
    .tip = 어두운 테마와 밝은 테마를 바꿉니다.
command-next-language = 언어: English / 한국어
    .tip = 창의 언어를 바꿉니다.
command-toggle-side-panel = 옆 패널
    .tip = 지운 곳, 채우기, 기록을 보이거나 숨깁니다.
command-toggle-history = 기록
    .tip = 단계 목록을 보이거나 숨깁니다.
command-toggle-log = 로그
    .tip = 프로그램이 남긴 기록을 보이거나 숨깁니다.
command-settings = 설정…
    .tip = 테마, 언어, 기본값.
command-palette = 명령 찾기…
    .tip = 몇 글자로 어떤 명령이든 찾습니다.
command-shortcuts = 단축키
    .tip = 모든 단축키를 보입니다.

## History

action-open = 열기
action-paint-mask = 표시
action-select-object = 물체 선택
action-modify-mask = 표시 바꾸기
action-import-mask = 표시 가져오기
action-paint-sources = 본뜨기 표시
action-erase = 지우기
action-reroll = 다시 만들기
action-choose-candidate = 후보 선택
action-mix-candidates = 후보 섞기
action-toggle-visible = 숨기기/보이기
action-change-opacity = 불투명도
action-delete-erasure = 지운 곳 삭제
action-reorder-erasures = 순서 바꾸기

## Options of tools

option-size = 크기
option-hardness = 경도
option-overlay = 표시
option-overlay-color = 표시의 색
option-overlay-opacity = 표시의 불투명도
option-auto-fill = 떼면 바로 지우기
hint-rectangle = 지울 것 위로 끌어 사각형을 그리세요
hint-lasso = 지울 것을 둘러 그리세요
hint-polygon = 꼭짓점을 누르고, 두 번 누르거나 Enter로 닫으세요
hint-pan = 끌어서 옮기고, 휠로 확대하세요

## Side panel

part-erasures = 지운 곳
part-fill = 채우기
part-history = 기록
part-mix = 후보 사이
part-explain = 설명
erasures-none = 아직 지운 것이 없습니다. 지울 것을 칠해 보세요.
erasures-name = 지운 곳 { $number }
erasures-delete = 지운 곳 삭제
erasures-reroll = 후보 더 만들기
erasures-hide = 숨기기
erasures-show = 보이기
erasures-opacity = { $name }의 불투명도
fill-engine = 방법
    .tip = 빈 곳을 채우는 방법입니다.
fill-candidates = 후보 수
    .tip = 채우는 방법을 몇 가지 만들지 정합니다.
fill-patch = 조각 크기
    .tip = 비교하는 조각의 한 변입니다. 크면 구조를 지키고, 작으면 좁은 곳에 맞습니다.
fill-grow = 넓히기
    .tip = 채우기 전에 빈 곳을 얼마나 넓힐지 정합니다.
fill-feather = 흐리기
    .tip = 빈 곳 둘레로 얼마나 서서히 섞을지 정합니다.
fill-context = 주변
    .tip = 빈 곳의 몇 배만큼 주변을 볼지 정합니다.
fill-detail = 사진의 질감
    .tip = 신경망의 그림은 길잡이로만 쓰고 질감은 사진에서 가져옵니다. 끄면 그림을 그대로 씁니다.
fill-guide = 따르기
    .tip = 결과가 신경망의 그림을 얼마나 따르는지 정합니다.
fill-reset = 기본값으로
engine-auto = 자동
    .tip = 구멍의 모양과 크기에 따라 고릅니다. 이유는 “설명”에 나옵니다.
engine-network = 신경망
    .tip = 다른 사진에서 배운 신경망이 그림을 만듭니다.
engine-missing = 설치되지 않음: 가중치를 학습하거나 가져오세요.
engine-exemplar = 사진에서
    .tip = 사진의 다른 곳에서 결을 가져옵니다.
engine-membrane = 매끄럽게
    .tip = 매끄러운 면: 하늘, 벽, 먼지에 알맞습니다.
automatic = 자동

## Where a fill came from

family-comodgan = CoModGAN
family-context-encoder = Context Encoder
family-migan = MI-GAN
origin-exemplar = 사진의 질감, 원래 해상도
origin-membrane = 매끄러운 면, 사진의 해상도
origin-network = { $family }, { $side } px로 만듦
origin-historical = { $family }, 옛 방식, { $side } px
origin-squares = 조각 { $count }개
origin-enlarged = { $scale }배 확대
origin-guided = 질감은 사진에서
auto-no-network = 사진에서: 설치된 신경망이 없습니다.
auto-thin-stroke = 사진에서: 구멍이 가는 선입니다. 폭 { $width } px.
auto-small-hole = 사진에서: 구멍이 작습니다. 폭 { $width } px.
auto-wide-hole = { $network } 길잡이: 구멍의 폭이 { $width } px입니다.
explain-none = 지운 곳을 선택하면 어떻게 채웠는지 보입니다.
explain-unknown = 이전 버전이 만든 후보라 기록이 없습니다.
explain-gone = 그림은 남아 있지 않습니다. 후보를 더 만들면 보입니다.
explain-crop = 있던 것
    .tip = 신경망에 준 사진의 부분을 신경망의 해상도로 보입니다.
explain-input = 신경망이 본 것
    .tip = 같은 부분에서 구멍을 회색으로 칠한 것: 신경망이 아는 전부입니다.
explain-raw = 신경망의 답
    .tip = 손대기 전 신경망의 그림입니다.
explain-result = 지금 있는 것
    .tip = 사진에 놓인 결과를 신경망의 해상도로 보입니다.
mix-none = 신경망이 만든 후보가 둘이면 그 사이를 오가는 막대가 나타납니다.
mix-from = 처음
mix-to = 끝
mix-between = 위치
    .tip = 끌면 두 후보 사이가 보이고, 놓으면 새 후보로 남습니다.
mix-busy = 채우는 중…

## Candidates

strip-title = 후보
strip-count = { $total }개 중 { $number }번째
strip-empty = 지울 것을 칠하면 채우는 방법들이 여기에 나타납니다.
strip-filling = 채우는 중…
strip-candidate = 후보 { $number }
strip-candidate-tip = 후보 { $number }, 시드 { $seed }
strip-waiting = 만드는 중
strip-more = 후보 더 만들기

## Status bar

status-ready = 준비됨
status-zoom = { $percent } %
status-kind = { $format }, { $bits }비트
status-gray = 흑백
status-gray-alpha = 흑백, 투명도
status-color = 컬러
status-color-alpha = 컬러, 투명도
status-untouched = 손대지 않음
status-touched = { $total }픽셀 중 { $touched }픽셀 바뀜 ({ $percent } % 그대로)
status-touched-tip = 픽셀마다 센 것입니다. 나머지는 모두 원래 그대로 저장됩니다.
cancel-work = 취소
busy-select = 윤곽 찾는 중
busy-measure = 픽셀 세는 중
busy-marks = 표시를 바꾸는 중
busy-open = 여는 중
busy-save = 저장하는 중
busy-session = 작업 저장하는 중
busy-mask-file = 표시 파일
busy-clipboard = 복사하는 중
busy-interpolate = 후보 사이
busy-networks = 신경망 찾기
busy-erase = 지우는 중
busy-erase-many = 지우는 중: 후보 { $number }/{ $total }
busy-autosave = 자동 저장
stage-decode = 읽기
stage-display = 준비
stage-flatten = 합치기
stage-encode = 압축
stage-write = 쓰기
stage-crop = 주변 보기
stage-membrane = 첫인상
stage-synthesis = 결 찾기
stage-compose = 섞기
stage-select = 윤곽 따기

## Log

log-title = 로그
log-empty = 아직 기록이 없습니다.
log-copy = 로그 복사

## Start page

start-tagline = 없어야 할 것을 지우세요. 나머지 사진은 원래 그대로 남습니다.
start-drop = 사진을 여기에 놓으세요
start-formats = JPEG, PNG, WebP, TIFF, BMP — 8비트 또는 16비트
start-open = 사진 열기…
start-paste = 붙여넣기
start-path = 경로 입력…
start-hint = { $palette }로 어떤 명령이든 찾고, { $help }으로 모든 단축키를 봅니다.
start-samples = 또는 예제로 해 보세요
start-recent = 최근 파일
start-leftover = 지난번에 저장하지 않고 끝났습니다. 하던 작업을 되살릴 수 있습니다.
start-recover = 되살리기
start-discard = 버리기
sample-mountain = 산길
sample-dandelions = 민들레
sample-meadow = 풀밭
drop-hint = 놓으면 열립니다
name-pasted = 붙여 넣은 그림
name-recovered = 되살린 작업

## Dialogs

cancel = 취소
close = 닫기
apply = 적용
open = 열기
save = 저장
path-open = 사진이나 작업 열기
path-save = 결과 저장
path-export = 결과 내보내기
path-session = 작업 저장
path-import-mask = 표시 가져오기
path-export-mask = 표시 내보내기
path-hint = 전체 경로를 입력하거나 붙여 넣으세요.
path-label = 경로
path-placeholder = /home/me/Pictures/photo.jpg
export-title = 내보내기
export-quality = 품질
export-note-jpeg = 그림 전체를 새로 압축합니다. “복사본 저장”은 사진의 JPEG 설정을 그대로 씁니다.
export-note-lossless = 무손실: 손대지 않은 픽셀은 모두 그대로입니다.
export-note-bmp = 무손실, 8비트, 메타데이터 없음.
export-action = 저장할 곳 고르기…
feather-title = 표시 가장자리 흐리게
feather-radius = 반지름
unsaved-title = 저장하지 않은 변경
unsaved-question = “{ $name }”에 아직 저장하지 않은 변경이 있습니다.
unsaved-save = 작업 저장
unsaved-lose = 변경 버리기
settings-title = 설정
settings-theme = 테마
settings-language = 언어
settings-filling = 지우기
settings-auto-fill = 떼면 바로 지우기
settings-candidates = 후보 수
settings-quality = JPEG 품질
theme-dark = 어둡게
theme-light = 밝게
theme-system = 시스템
language-system = 시스템
palette-hint = 무엇을 할까요?
palette-none = 맞는 것이 없습니다.
recent-hint = 어떤 파일을 열까요?
shortcuts-title = 단축키
shortcuts-gestures = 스페이스나 가운데 단추로 사진을 옮기고, 휠로 확대하고, Alt를 누르고 끌면 붓 크기가 바뀌고, Esc로 하던 동작을 거둡니다.

## Canvas

canvas-name = 사진
compare-before = 전
compare-after = 후

## Toasts

dismiss = 닫기
show-details = 자세히 보기
hide-details = 간단히 보기
toast-saved = { $file }에 저장했습니다
toast-session-saved = 작업을 { $file }에 저장했습니다
toast-mask-exported = 표시를 { $file }에 저장했습니다
toast-mask-imported = 표시를 가져왔습니다
toast-copied = 그림을 클립보드에 복사했습니다

## Failures

error-cancelled = 작업을 취소했습니다.
error-clipboard-empty = 클립보드에 그림이 없습니다.
error-clipboard-open = 클립보드를 열 수 없습니다.
error-clipboard-picture = 클립보드의 그림을 쓸 수 없습니다.
error-clipboard-read = 클립보드를 읽을 수 없습니다.
error-clipboard-write = 그림을 클립보드에 복사할 수 없습니다.
error-cmyk = CMYK 그림은 열 수 없습니다. 먼저 RGB로 바꾸세요.
error-damaged = 파일이 손상되었습니다.
error-empty = 빈 파일입니다.
error-empty-mask = 지울 곳이 표시되어 있지 않습니다.
error-folder-missing = 폴더가 없습니다.
error-format-limit = 이 형식은 이 크기의 그림을 담을 수 없습니다.
error-full-mask = 사진 전체가 표시되었습니다. 채울 때 쓸 곳을 남겨 두세요.
error-internal = 프로그램 안에서 문제가 생겼습니다. 하던 작업은 그대로입니다.
error-is-source = 원본 사진입니다. 다른 이름을 고르세요.
error-network = 신경망을 쓸 수 없습니다.
error-no-style = 잠재값이 있는 신경망의 그림만 섞을 수 있습니다.
error-no-candidate = 만들 후보가 없습니다.
error-no-clipboard = 클립보드가 없습니다.
error-no-copy-name = 복사본의 이름을 찾지 못했습니다. “다른 이름으로 저장…”을 쓰세요.
error-no-permission = 그곳에 쓸 권한이 없습니다. 다른 폴더를 고르세요.
error-no-source = 본뜨기 표시 때문에 채울 때 쓸 곳이 없습니다.
error-no-space = 디스크가 가득 찼습니다. 아무것도 쓰지 않았습니다.
error-no-such-erasure = 지운 곳이 없어졌습니다.
error-not-a-photo = 읽을 수 있는 그림이 아닙니다.
error-not-encoded = 그림을 저장 형식으로 바꿀 수 없습니다.
error-not-found = 파일이 없습니다.
error-not-written = 파일을 쓸 수 없습니다.
error-nothing-to-recover = 되살릴 것이 없습니다.
error-select-empty = 낙서하거나 두른 곳이 없습니다.
error-select-everything = 낙서가 사진 전체를 덮었습니다. 일부는 남겨 두세요.
error-select-small = 물체를 찾기에는 낙서가 너무 작습니다.
error-session-broken = 작업 파일이 손상되었습니다.
error-session-newer = 더 새로운 버전의 프로그램이 저장한 작업입니다.
error-session-not = 작업 파일이 아닙니다.
error-session-read = 작업 파일을 읽을 수 없습니다.
error-session-write = 작업을 저장할 수 없습니다.
error-size-mismatch = 사진과 표시의 크기가 다릅니다.
error-too-large = 그림이 너무 커서 안전하게 열 수 없습니다.
error-truncated = 파일이 중간에 끊겼습니다.
error-unknown-ending = 이름 끝에 형식이 없습니다: .jpg, .png, .webp, .tif, .bmp 가운데 하나를 쓰세요.
error-unknown-model = 알 수 없는 방법입니다.
error-unreadable = 파일을 읽을 수 없습니다.
error-unsupported = 지원하지 않는 종류의 그림입니다.
error-zero-size = 픽셀이 없는 그림입니다.
warning-alpha-lost = 이 형식에는 투명도가 없어 흰 바탕에 얹었습니다.
warning-depth-reduced = 이 형식은 8비트라서 16비트 깊이가 파일에 담기지 않았습니다.
warning-library-damaged = 설정이 손상되어 처음부터 시작합니다.
warning-library-locked = 다른 창이 설정을 쓰고 있어 이 창의 변경은 남지 않습니다.
warning-library-unwritable = 설정과 최근 파일을 저장할 수 없습니다.
