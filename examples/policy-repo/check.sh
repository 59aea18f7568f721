#!/bin/sh
# 合并之前要过的全部检查；本机和 CI 跑的是同一个。要有 zhunsheng 和 git。
# 哪一步不过就停在哪一步；最后一步不过，是结论变了：看 git diff expected.json，该变就一起提交。
set -eu
cd "$(dirname "$0")"

zhunsheng --version
zhunsheng fmt --check rules
zhunsheng lint rules --deny-warnings
zhunsheng test --rules rules cases
zhunsheng coverage --rules rules --cases cases --articles articles.yaml --min 100
zhunsheng check --rules rules --waivers waivers.yaml --fail-on never --format json -o expected.json logs
git diff --exit-code -- expected.json
