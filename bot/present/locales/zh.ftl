### 中文文案。反引号之间是代码里的名字。
### 用来选择变体的变量都是数字；文本值原样插入。

## 日期（CLDR 的格式，https://cldr.unicode.org）

locale = zh_Hans
pattern-day = y年M月d日 EEEE
pattern-days = yMMMd
pattern-moment = M月d日 HH:mm
pattern-dated-moment = y年M月d日 HH:mm
pattern-time = HH:mm
period-since = { $ref } 以来（{ $days }）
period-between = { $start } 至 { $end }

## 连接方式

list-separator = 、
clause-separator = ；
sentence-separator = {""}
tally-separator = ，
dot = {" · "}
after-label = {"  "}
named = { $name }：{ $text }

## 各种名称

tier-high = 🔴 高
tier-medium = 🟡 中
tier-low = 🟢 低

type-feature = 新功能
type-fix = 修复
type-performance = 性能
type-security = 安全
type-refactor = 重构
type-documentation = 文档
type-test = 测试
type-ci = CI
type-build = 构建
type-dependencies = 依赖
type-revert = 回退
type-release = 发布
type-other = 其他

severity-high = 高
severity-medium = 中
severity-low = 低

aspect-architecture = 架构
aspect-performance = 性能
aspect-security = 安全
aspect-maintainability = 可维护性
aspect-compatibility = 兼容性

## 整份摘要

title = { $repository } · { $period }
title-several = 变更摘要 · { $period }
changes-by-authors = { $authors } 位作者，{ $changes } 项变更
count-high = 🔴 高 { $count }
count-medium = 🟡 中 { $count }
count-low = 🟢 低 { $count }
notification = { $title }：{ $text }
more-high = 另有 { $count } 项，见话题内
more-medium = 另有 { $count } 项，见话题内
types = 类型
type-count = { $type } { $count }
where = 分布
area-count = { $area } { $count }
areas-more = 另外 { $areas } 处 { $count }
areas-none = 其他 { $count }
lines = +{ $additions } −{ $deletions }
lines-in-files = +{ $additions } −{ $deletions }，涉及 { $files } 个文件
in-the-thread = 话题内：{ $parts }。
# How to ask about a digest, in the last line of its root
ask-by-mention = 在话题内提及我，即可就这些变更提问。
ask-by-message = 在话题内留言，即可就这些变更提问。
thread-high = 高重要度逐条详述
thread-medium = 中重要度按模块归类
thread-low = 低重要度按类型归类
thread-table = 完整提交列表
pinned-some = { $count } 项高重要度变更中置顶了 { $pinned } 项。
quiet = 没有新的变更。
quiet-since = 没有新的变更，最近一次是 { $day }。

## 收据

window-utc = UTC { $start } 至 { $end }
window-zone = { $zone } { $start } 至 { $end }（UTC { $startUtc } 至 { $endUtc }）
receipt-found = 共 { $found } 项，已分析 { $analysed } 项
receipt-failed = { $count } 项读取失败
receipt-cut = { $count } 项 diff 有截断
receipt-fallback = 其中 { $count } 项改由规则分析
receipt-excluded = { $count } 项被本频道的过滤条件排除
receipt-dropped = 删去 { $count } 处没有依据的说法
receipt-masked = 遮盖 { $count } 处密钥
fallback-named = 未经模型、由规则分析：{ $changes }
fallback-more = 另有 { $count } 项
fallback-unavailable = 模型服务没有响应
fallback-refused = 模型服务拒绝访问
fallback-digest-spent = 本期摘要的预算已用完
fallback-day-spent = 当日预算已用完
fallback-unusable = 模型的回答无法采用
model-unavailable = 有 { $count } 项变更未得到模型服务的响应；下次生成同一时段的摘要时会再次请求。
model-refused = 模型服务拒绝访问，{ $count } 项变更未经模型阅读。请管理员检查密钥和模型名称。
model-digest-spent = 本期摘要的预算已用完，{ $count } 项变更未经模型阅读。
model-day-spent = 当日预算已用完，{ $count } 项变更未经模型阅读。
model-unusable = 模型对 { $count } 项变更的回答无法采用。
analyst-rules = 按规则排序，未使用模型
analyst-model = 由 { $analyst } 分析
usage-calls = 调用 { $count } 次
usage-tokens = { $count } 个 token
# $cost is in US dollars, with two decimals
usage-cost = { $cost } 美元
usage-cost-small = 不到 0.01 美元

## 单项变更

position = 🔴 { $position }/{ $count }
authors = { $author }（合作：{ $others }）
breaking = 不兼容
late = 补录
why-high = 为何是高
why-medium = 为何是中
why-low = 为何是低
scope = 范围
insight = 影响
risks = 风险
advice = 建议
conclusion = 结论
pull-request-closes = 解决 { $issues }
pull-request-reviewers = 评审 { $people }
pull-request-milestone = 里程碑 { $milestone }
pull-request-labels = 标签 { $labels }
risk = { $severity }：{ $text }（{ $place }）
brings = 带入 { $count } 个提交
brings-more = 另有 { $count } 个
unread = 文件无法读取：{ $reason }

## 变更的规模

shape-empty = 没有改动文件
shape-folder = { $folder } 下 { $count } 个文件：{ $files }
shape-more = 另外 { $count } 个文件
shape-tests = { $count } 个测试文件
file-marked = { $file }（{ $marks }）
file-added = 新增
file-deleted = 删除
file-renamed = 原 { $previous }
file-copied = 复制自 { $previous }
file-type-changed = 类型改变
file-binary = 二进制
file-submodule = 子模块
file-mode = 权限改变

## 提交列表

table-title = 全部提交（从早到晚）
table-title-from = 全部提交（从第 { $number } 个起）
table-time = 时间
table-author = 作者
table-message = 提交信息
table-commit = 提交

## 话题内的分组

group-medium = 🟡 { $area }
group-medium-none = 🟡 其他
group-low = 🟢 { $type }

## 报告

report-contents = 目录
report-commits = 提交列表
report-tier = { $tier }（{ $count }）
report-time-zone = 时间均为 { $zone } 时区。

## 来源读不到的内容

unread-missing-objects = 本地克隆缺少部分对象
unread-shallow-boundary = 浅克隆到此为止
unread-timeout = 读取超时
brought-incomplete = 有合并带入的部分提交不在克隆中。
brought-limited = 合并 `{ $sha }` 带入 { $count } 个提交，只列出最新的 { $kept } 个。
messages-limited = 有 { $count } 个提交的说明超过 { $kept } KB，其后的内容未读取。
history-ends-early = 克隆的历史止于 `{ $sha }`，更早的变更不在其中。
repository-empty = 仓库还没有提交。
detached-head = 当前没有检出分支，读取的是所检出的提交。
# $sha is the commit that the branch pointed at when a channel was last served
former-tip-missing = 上次汇总时分支位于 `{ $sha }`，该提交现已无法取得，因此无法判断此后有哪些变更是补录的。
former-tip-replaced = 分支自上次汇总（位于 `{ $sha }`）以来被改写：取而代之且日期早于本时段的变更列为补录。

## 代码托管平台所说的仓库情况


## 代码托管平台对仓库的说明

name-means = { $name } 即 `{ $repository }`。
name-unchecked = 平台 API 没有响应，无法确认 `{ $repository }` 是否仍叫此名。
name-unchecked-limited = 平台 API 要到 { $reset } 才恢复响应，无法确认 `{ $repository }` 是否仍叫此名。
repository-renamed = `{ $old }` 已更名为 `{ $new }`。
repository-archived = `{ $repository }` 已归档，不会再有新改动。
repository-private = `{ $repository }` 是私有仓库。

## 缺了哪些拉取请求，为什么

pull-requests-plain = 有 { $count } 个改动只能逐个查询，因此不知道其评审人和关联的 issue。
pull-requests-unknown = { $host } 上没有其中的 { $count } 个改动。
pull-requests-capped = 有 { $count } 个改动未查询拉取请求：每份摘要对 { $host } 的请求数有上限。
pull-requests-capped-anonymous = { pull-requests-capped }设置 GITHUB_TOKEN 后即可全部查询。
pull-requests-limited = 缺少 { $count } 个改动的拉取请求：{ $host } 的访问限额已用完，{ $reset } 恢复。
pull-requests-limited-anonymous = { pull-requests-limited }设置 GITHUB_TOKEN 可提高限额。
pull-requests-slow-down = 缺少 { $count } 个改动的拉取请求：{ $host } 要求暂缓访问。
pull-requests-slow-down-anonymous = { pull-requests-slow-down }设置 GITHUB_TOKEN 可提高限额。
pull-requests-unauthorised = 缺少 { $count } 个改动的拉取请求：{ $host } 不接受机器人的令牌，需由管理员更换。
pull-requests-forbidden = 缺少 { $count } 个改动的拉取请求：机器人的令牌无权读取。
pull-requests-forbidden-anonymous = 缺少 { $count } 个改动的拉取请求：{ $host } 不向未登录者公开。请设置 GITHUB_TOKEN。
pull-requests-unavailable = 缺少 { $count } 个改动的拉取请求：{ $host } 的 API 没有响应。

## 规则分析给出的理由

reason-breaking = 作者标明为不兼容变更（`{ $mark }`）
reason-label = 带有标签“{ $label }”
reason-security = 涉及安全
reason-fixes-corruption = 修复数据损坏
reason-fixes-memory-error = 修复内存错误
reason-fixes-crash = 修复崩溃
reason-fixes-hang = 修复卡死
reason-fixes-race = 修复竞态
reason-fixes-leak = 修复资源泄漏
reason-fixes-oom = 修复内存耗尽
reason-fixes-regression = 修复功能倒退
reason-adds-endpoint = 新增接口 `{ $name }`
reason-removes-endpoint = 移除接口 `{ $name }`
reason-adds-flag = 新增参数 `{ $name }`
reason-removes-flag = 移除参数 `{ $name }`
reason-reads-variable = 读取环境变量 `{ $name }`
reason-adds-names = { $count ->
    [1] 新增定义 `{ $name }`
   *[other] 新增 `{ $name }` 等 { $count } 个定义
  }
reason-removes-names = { $count ->
    [1] 移除定义 `{ $name }`
   *[other] 移除 `{ $name }` 等 { $count } 个定义
  }
reason-deprecates = 有内容被标记为弃用
reason-reverts = 撤销 { $what }
reason-revert = 撤销此前的变更
reason-fix = 修复缺陷
reason-fix-tested = 修复缺陷并附有测试
reason-feature = 新功能
reason-improvement = 改进现有功能
reason-performance = 与性能有关
reason-refactoring = 重构
reason-removal = 移除原有内容
reason-deprecation = 弃用原有内容
reason-closes = 解决 { $issue }
reason-files-in = 涉及 `{ $where }` 下 { $count } 个源文件
reason-files = 涉及 { $count } 个源文件
reason-new-files = 新增 { $count } 个源文件
reason-lines = 源码改动 { $count } 行
reason-few-lines = { $count ->
    [0] 源码没有改动任何一行
   *[other] 源码仅改动 { $count } 行
  }
reason-documented = 同时更新了文档
reason-empty = 未改动任何文件
reason-release = 发布事务
reason-dependency = 依赖更新
reason-dependency-bot = 机器人提交的依赖更新
reason-bot = 由机器人提交
reason-only-moves = 移动 { $count } 个文件，内容未变
reason-only-tests = 仅涉及测试
reason-only-benchmarks = 仅涉及基准测试
reason-only-changelog = 仅涉及更新日志
reason-only-documentation = 仅涉及文档
reason-only-examples = 仅涉及示例
reason-only-ci = 仅涉及 CI 与项目维护
reason-only-manifests = 仅涉及依赖清单
reason-only-build = 仅涉及构建文件
reason-only-generated = 仅涉及生成的文件
reason-only-comments = 仅涉及注释
reason-no-source = 未涉及源码
reason-chore = 作者标明为日常维护
reason-merge = 未说明内容的合并
reason-tested = 同时改动源码与测试
reason-ordinary = 普通变更

## 发布的结果

delivery-ended = 无法继续在此发布：{ $reason }
delivery-no-root = 首条消息未能发布，其下的内容也因此没有发布。
delivery-root-deleted = 此摘要的首条消息已被删除，不再在其下发布内容。
delivery-failed = { $count } 条消息未能发布：{ $reason }
delivery-deleted = 此摘要有 { $count } 条消息已被删除，不再重新发布。
delivery-unpinned = { $count } 条消息未能置顶：{ $reason }

## 订阅

subscriptions = { $count ->
    [0] 没有订阅
   *[other] { $count } 个订阅
  }
# $at 为一天中的时刻，$zone 为其时区的 IANA 名称
subscription-daily = 每天 { $at }（{ $zone }）
subscription-weekdays = 工作日 { $at }（{ $zone }）
subscription-weekly = 每{ $day } { $at }（{ $zone }）
subscription-language = 语言 { $language }
subscription-silent = 无变更时不发
subscription-of-file = 写在 digestbot.toml 中
subscription-paused = 已暂停
subscription-waits = digestbot 运行后开始
subscription-next = 下次 { $moment }
# $moment 早已过去
subscription-overdue = 应于 { $moment } 运行，至今未开始
subscription-last = 上次运行 { $moment }
subscription-last-well = 上次运行 { $moment }，正常
subscription-error = 上次运行失败：{ $error }
subscription-ended = 订阅 { $id } 已结束。
audience-interests = 关注 { $what }
audience-exclude-bots = 不含机器人
audience-exclude-authors = 不含作者 { $what }
audience-exclude-paths = 不含路径 { $what }
audience-exclude-types = 不含类型 { $what }
audience-only-paths = 只看路径 { $what }

## 整体状态

status-running = 运行中：{ $process }
status-running-several = 运行中：{ $count } 个进程
status-not-running = 运行中：没有进程；用 `digestbot run` 启动
# $role 与 `digestbot run --role` 的写法相同
status-role = 角色 { $role }
status-up = 已运行 { $age }
status-lasting = 已持续 { $age }
status-model = 模型：{ $model }；今天（UTC）{ $taken }
status-no-model = 模型：未配置，摘要按规则排序；设置方法见 docs/model.md
status-tokens-of = { $count } / { $limit } 个 token
# $cost 与 $limit 以美元计，保留两位小数
status-cost-of = { $cost } / { $limit } 美元
status-cost-unknown = 费用未知
status-spent = 今天的预算已用完：在 UTC 零点之前，摘要按规则排序，提问由搜索回答。
status-work = { $count ->
    [0] 任务：没有等待或进行中的任务
   *[other] 任务：{ $count } 项等待或进行中
  }
status-work-unknown = 任务：无法得知有哪些等待或进行中的任务
status-more = 另有 { $count } 项
errand-digest = 有人请求的摘要
errand-subscription = 到期的订阅
errand-upgrade = 按规则生成的摘要，待模型恢复后重新生成
errand-question = 讨论串中的提问
status-no-feedback = 分级与回答：尚无可评价的内容
status-tiers-unopposed = 分级：已展示 { $shown } 项，无人认为偏高或偏低
# $agreed 为百分比
status-tiers = 分级：已展示 { $shown } 项，{ $agreed } 得到认可；{ $high } 项被认为偏高，{ $low } 项偏低
status-answers = 回答：{ $useful } 个被评为有用，{ $useless } 个被评为无用
status-no-subscriptions = 订阅：没有；用 `digestbot subscribe` 添加
status-subscriptions = 订阅：{ $count } 个，{ $troubled ->
    [0] 均无异常
   *[other] 其中 { $troubled } 个异常
  }
status-next-due = 下次 { $moment } { $zone }

## 频道中的状态

channel-model = 变更由语言模型 { $model } 解读。
channel-rules = 未配置语言模型：变更按规则排序。
# $digests 为通往讨论串的时段
channel-last = 最近的摘要：{ $digests }
channel-none-yet = 尚无摘要
channel-failed-too = 另有 { $count } 个仓库也失败了。
channel-owed = 其间的变更会出现在下一份摘要中。
channel-more = 另有 { $count } 个：用 { $list } 查看。

## 跨日记忆

# $change 为合并请求（#17020）或提交短名
earlier-reverts = 回退 { $day } 的 { $change }：{ $headline }
earlier-relands = 重新合入 { $day } 的 { $change }：{ $headline }
earlier-fixes = 修复 { $day } 的 { $change }：{ $headline }
noted-reverts = { $earlier } 已被 { $change } 回退
noted-relands = { $earlier } 已由 { $change } 重新合入
noted-fixes = { $earlier } 已由 { $change } 修复
remark-fixed-again = 一周内第 { $count } 次修复 `{ $path }`

## 代替摘要的内容

since = { $ref } 以来
stage-waiting = 正在排队
stage-fetch = 正在获取仓库
stage-collect = 正在读取变更
stage-rank = 正在排序变更
stage-analyse = 正在读取变更
stage-counted = 已分析 { $done } / { $total }
notice-failed = 未能生成摘要：
notice-cancelled = 已取消。如仍需要，请重新发起请求。
notice-trouble = 未能生成此处应发的摘要。这段时间的变更会包含在下一次摘要中。
notice-stopped = 已被停止。
notice-traced = { $sentence }（编号 { $id }）

## 可以使用的命令

# 各命令与参数的说明，Discord 限 100 字
commands = 订阅，以及摘要的状态
verb-digest = 发布仓库变更的分级摘要
verb-status = 查看此频道摘要的状态
verb-cancel = 取消此频道正在生成的摘要
verb-subscribe = 在此定期发布摘要
verb-list = 查看此频道的订阅
verb-pause = 暂停一个订阅
verb-resume = 恢复一个订阅
verb-unsubscribe = 退订
verb-set = 修改订阅，或设置此频道的时区与语言
verb-repos = 查看此处可用的仓库
verb-help = 查看可用的命令
parameter-repository = 名称、owner/name 或仓库地址，多个以空格分隔
parameter-period = 日期，或 since 加标签或提交；默认为今天
parameter-option = 时间、语言、关注内容，如 daily at 09:00 in Asia/Shanghai
parameter-id = 订阅列表中的编号
parameter-name-repository = 仓库
parameter-name-period = 时段
parameter-name-option = 选项
parameter-name-id = 编号

## 对提问者的答复

# $names 为请求中所写的仓库
answer-heard = { $names }，{ $period }：请稍候。
answer-digest = { $repository }，{ $period }（{ $zone }）。
answer-meant = { $name } 即 { $repository }；{ $period }（{ $zone }）。
# 指向摘要消息列的文字，用于以下三句
answer-thread = 此消息列
answer-done = 已发布在{ $thread }。
answer-begun = 此后合入的变更会补充到{ $thread }。
answer-under-way = 正在{ $thread }中生成。
work-waiting = 排队中
work-running = 生成中
answer-status = { $count ->
    [0] 此处没有正在生成的摘要。
   *[other] 此处正在生成 { $count } 份摘要。
  }
answer-cancelled = { $count ->
    [0] 此处没有可取消的请求。
   *[other] 已取消 { $count } 份摘要。
  }
# 不显示数量：最后一项可能代表许多仓库
answer-repositories = 可以查询以下仓库：
answer-any-repository = { $host } 上的任何公开仓库，写仓库名或 owner/name
answer-channel = 此频道的时区为 { $timezone }，语言为 { $language }；“–”表示沿用各人自己的设置。
answer-help = 可以使用的命令：
answer-periods = 时间范围：{ $periods }。
answer-options = 不写命令时即查询摘要。订阅可以写：每天、工作日或每周五，时间 09:00，时区 Asia/Shanghai，语言 中文，关注…，排除…，只看…，置顶 关，安静 不发。
answer-no-questions = 请在摘要的帖子里提问；发送 { $help } 可查看其他能用的命令。
answer-operator = 机器人尚未为此配置好，原因可由运维人员在日志中查看。
answer-fault = 机器人出现故障，未能完成。原因可由运维人员在日志中查看。

## 回答问题时所说的话

two-sentences = { $first }{ $second }
answer-silent = 这里读到的内容没有说明这一点。
answer-silent-beyond = 除此之外，这里读到的内容没有说明。
# 从哪里可以知道
tells-discussion = 拉取请求或议题中的讨论也许会说明。
tells-run = 只有实际运行才能知道：测量结果或日志。
tells-code = 需要看这些变更没有涉及的代码。
tells-older = 其他日期的变更也许会说明。
tells-author = 写这个变更的人会知道。
tells-unknown = 提问时写明变更、文件或日期，也许能找到更多。
answer-left-out = 略去了 { $count } 句话：读到的内容不足以支持。
answer-broken = 语言模型在这里中断了。请再问一次以得到其余部分。
answer-cut = 回答超出了允许的长度，到此为止。可以继续追问其余部分。
answer-spent = 语言模型的用量已达上限，回答到此为止。
answer-no-model = 没有配置语言模型，以下是搜索结果。
answer-search-unavailable = 语言模型目前没有响应，以下是搜索结果。
answer-search-refused = 语言模型无法使用，以下是搜索结果。原因在机器人的日志中。
answer-search-spent = 语言模型的用量已达上限，以下是搜索结果。
answer-search-unusable = 语言模型没有给出回答，以下是搜索结果。
answer-matches = 匹配的变更：
answer-no-match = 已知的变更中没有匹配的。
asked-too-often-by-user = 一个人一小时内最多提 { $count } 个问题。请稍后再问。
asked-too-often-in-thread = 一个帖子里一小时内最多提 { $count } 个问题。请稍后再问。

## 对帖子中命令的回答

# 为什么没有模型的深入分析
fallback-no-model = 没有配置语言模型
more-without = 仅显示规则的分析：{ $reason }。
why-none = 这份摘要中没有该级别的变更。
why-nothing = 没有给出理由。
rated-too-high = 已记下：对 { $change } 来说“{ $tier }”偏高。本频道以后的摘要会以此为例。
rated-too-low = 已记下：对 { $change } 来说“{ $tier }”偏低。本频道以后的摘要会以此为例。
diff-in-part = 只显示了其中一部分。
diff-none = 该变更在这个名称下没有文本改动。
diff-unreadable = 目前无法读取该差异，请稍后再试。

answer-waiting = 正在阅读……
answer-no-digest = 这个帖子的摘要已不再保留。请重新请求摘要，然后在新的帖子里提问。
judged = 谢谢，已记下。
judged-nothing = 这里还没有回答过问题。
judged-too-late = 这条回答已不再保存，因此无法记下评价。
button-useful = 有用
button-useless = 没有用
