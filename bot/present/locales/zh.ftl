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
tally-separator = ，
dot = {" · "}
after-label = {"  "}
named = { $name }：{ $text }

## 各种名称

tier-high = 🔴 高
tier-medium = 🟡 中
tier-low = 🟢 低
mark-high = 🔴
mark-medium = 🟡
mark-low = 🟢

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
in-the-thread = 全部变更见话题内：{ $parts }。
thread-high = 高重要度逐条详述
thread-medium = 中重要度按模块归类
thread-low = 低重要度按类型归类
thread-table = 最后是完整的提交列表
pinned-some = { $count } 项高重要度变更中置顶了 { $pinned } 项。
quiet = 没有新的变更。
quiet-since = 没有新的变更，最近一次是 { $day }。

## 收据

window-utc = UTC { $start } 至 { $end }
window-zone = { $zone } { $start } 至 { $end }（UTC { $startUtc } 至 { $endUtc }）
receipt-found = 共 { $found } 项，已分析 { $analysed } 项
receipt-failed = { $count } 项读取失败
receipt-cut = { $count } 项 diff 有截断
receipt-fallback = 模型出错，{ $count } 项改由规则分析
analyst-rules = 按规则排序，未使用模型
analyst-model = 由 { $analyst } 分析

## 单项变更

position = { $mark } { $position }/{ $count }
authors = { $author }（合作：{ $others }）
breaking = 不兼容
why-high = 为何是高
why-medium = 为何是中
why-low = 为何是低
scope = 范围
insight = 影响
risks = 风险
advice = 建议
conclusion = 结论
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
table-title-part = 全部提交（从早到晚，{ $part }/{ $parts }）
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
history-ends-early = 克隆的历史止于 `{ $sha }`，更早的变更不在其中。
repository-empty = 仓库还没有提交。
detached-head = 当前没有检出分支，读取的是所检出的提交。
