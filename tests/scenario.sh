#!/usr/bin/env bash
# The life of one provider through a running registry, by the program alone: the same script for every deployment.
#
#   tests/scenario.sh PUHUI [--server …]…
#
# PUHUI is the program; the rest is passed on to it and says where the services are. Every step's answer is checked; the first
# that is not as it should be ends the script with an error. Each run uses a provider of its own.
set -euo pipefail

puhui=$1
shift
servers=("$@")
run=$(date +%s%N)
serial=$(printf '%08d' $((run / 1000 % 100000000)))
checks=0

fail() { echo "scenario: $*" >&2; exit 1; }

uuid() { cat /proc/sys/kernel/random/uuid; }

# call SERVICE METHOD JSON-FIELDS: prints the answer.
call() {
  "$puhui" "${servers[@]}" call "puhui.$1.v1.$2" "$3"
}

# The fields every mutation has.
head_of() { printf '"request_id":"%s","bureau_id":"321003-health","officer_id":"scenario-1","provider_id":"%s"' "$1" "$provider"; }

expect() { # expect WHAT NEEDLE HAYSTACK
  checks=$((checks + 1))
  case "$3" in
    *"$2"*) ;;
    *) fail "$1: expected $2 in: $3" ;;
  esac
}

recorded() { expect "$1" '"outcome":"OUTCOME_RECORDED"' "$2"; }

refused() { # refused WHAT REASON SERVICE METHOD JSON
  local out code=0
  out=$(call "$3" "$4" "$5" 2>&1) || code=$?
  checks=$((checks + 1))
  [ "$code" = 1 ] || fail "$1: expected exit code 1, got $code: $out"
  expect "$1" "$2" "$out"
}

# A credit code that is valid by its check characters, of a synthetic operator.
credit_code() {
  awk -v body="52321003$1" 'BEGIN {
    a = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    split("3 7 9 10 5 8 4 2", ow, " "); for (i = 1; i <= 8; i++) s += ow[i] * substr(body, 8 + i, 1)
    o = 11 - s % 11; body = body (o == 10 ? "X" : o == 11 ? "0" : o)
    split("1 3 9 27 19 26 16 17 20 29 25 13 8 24 10 30 28", w, " ")
    for (i = 1; i <= 17; i++) t += w[i] * (index(a, substr(body, i, 1)) - 1)
    print body substr(a, (31 - t % 31) % 31 + 1, 1)
  }'
}

uscc=$(credit_code "$serial")
provider="$uscc-001"
number="32100320260211${serial:2}"

apply=$(uuid)
body=$(printf '{%s,"particulars":{"name":"虹桥托育园(合成)","operator_name":"虹桥托育(合成)","division":"321003005007","address":"文昌西路1号"},"category":"childcare","applied_on":"2026-02-02"}' "$(head_of "$apply")")
out=$(call certification CertificationService/Apply "$body"); recorded apply "$out"
out=$(call certification CertificationService/Apply "$body"); expect "apply again" '"outcome":"OUTCOME_ALREADY_RECORDED"' "$out"
out=$(call certification CertificationService/AcceptCase "{$(head_of "$(uuid)"),\"category\":\"childcare\",\"accepted_on\":\"2026-02-03\"}"); recorded accept "$out"
out=$(call certification CertificationService/RecordInspection "{$(head_of "$(uuid)"),\"category\":\"childcare\",\"inspected_on\":\"2026-02-10\",\"passed\":true,\"findings\":\"合格\"}"); recorded inspect "$out"
out=$(call certification CertificationService/OpenNotice "{$(head_of "$(uuid)"),\"category\":\"childcare\",\"notice\":{\"start\":\"2026-03-02\",\"end\":\"2026-03-06\"}}"); recorded notice "$out"

certify() { printf '{%s,"category":"childcare","decided_on":"%s","valid_from":"%s","valid_to":"2029-03-05","document_number":"演示〔2026〕12号","pledge_number":"%s"}' "$(head_of "$(uuid)")" "$1" "$1" "$number"; }
refused "certify without a pledge" PLEDGE_UNKNOWN certification CertificationService/Certify "$(certify 2026-03-09)"

pledge=$(printf '{%s,"pledge":{"number":"%s","promisor_name":"虹桥托育(合成)","promisor_class":"PROMISOR_CLASS_ORGANISATION","promisor_uscc":"%s","pledge_type":"PLEDGE_TYPE_VOLUNTARY","reason":"申请认定","content":"按公示价格收费","liability":"限期整改直至取消","made_on":"2026-02-11","accepting_unit":"演示单位","accepting_unit_uscc":"%s","publication":"PUBLICATION_SCOPE_PUBLIC"}}' "$(head_of "$(uuid)")" "$number" "$uscc" "$uscc")
out=$(call pledge PledgeService/MakePledge "$pledge"); recorded pledge "$out"
refused "certify on the notice's last day" NOTICE_NOT_ENDED certification CertificationService/Certify "$(certify 2026-03-06)"
out=$(call certification CertificationService/Certify "$(certify 2026-03-09)"); recorded certify "$out"

out=$(call signage SignageService/OrderPlaque "{$(head_of "$(uuid)"),\"ordered_on\":\"2026-03-10\"}"); recorded order "$out"
plaque=$(printf '%s' "$out" | sed 's/.*"plaque_number":"\([^"]*\)".*/\1/')
out=$(call signage SignageService/IssuePlaque "{$(head_of "$(uuid)"),\"plaque_number\":\"$plaque\",\"issued_on\":\"2026-03-18\",\"design_version\":\"2026\"}"); recorded issue "$out"
out=$(call signage SignageService/HangPlaque "{$(head_of "$(uuid)"),\"plaque_number\":\"$plaque\",\"hung_on\":\"2026-03-20\"}"); recorded hang "$out"
position=$(printf '%s' "$out" | sed 's/.*"position":\([0-9]*\).*/\1/')

verify() { call directory DirectoryService/VerifyPlaque "{\"plaque_number\":\"$plaque\",\"min_position\":$1}"; }
expect "plaque valid" PLAQUE_VERDICT_VALID "$(verify "$position")"
out=$(call directory DirectoryService/ListProviders "{\"division\":\"321003\",\"category\":\"childcare\",\"operator_code\":\"$uscc\",\"min_position\":$position}")
expect "found by district and category" "$provider" "$out"

out=$(call certification CertificationService/NoticeRevocation "{$(head_of "$(uuid)"),\"category\":\"childcare\",\"ground\":\"overcharging\",\"detail\":\"乱收费\",\"noticed_on\":\"2026-06-08\",\"hearing_until\":\"2026-06-15\",\"legal_basis\":\"第十二条\",\"document_number\":\"演示〔2026〕34号\"}"); recorded "notice of revocation" "$out"
revoke() { printf '{%s,"category":"childcare","kind":"REVOCATION_KIND_CANCELLED","ground":"overcharging","legal_basis":"第十二条","document_number":"演示〔2026〕35号","decided_on":"%s","effective_on":"%s"}' "$(head_of "$(uuid)")" "$1" "$1"; }
refused "revoke before the hearing ends" HEARING_NOT_ENDED certification CertificationService/Revoke "$(revoke 2026-06-15)"
out=$(call certification CertificationService/Revoke "$(revoke 2026-06-16)"); recorded revoke "$out"
position=$(printf '%s' "$out" | sed 's/.*"position":\([0-9]*\).*/\1/')
expect "plaque revoked" PLAQUE_VERDICT_REVOKED "$(verify "$position")"
expect "plaque to recover" TASK_KIND_PLAQUE_TO_RECOVER "$(call directory DirectoryService/ListTasks "{\"bureau_id\":\"321003-health\",\"kinds\":[\"TASK_KIND_PLAQUE_TO_RECOVER\"],\"page_size\":100,\"min_position\":$position}")"
out=$(call signage SignageService/RecoverPlaque "{$(head_of "$(uuid)"),\"plaque_number\":\"$plaque\",\"recovered_on\":\"2026-06-20\"}"); recorded recover "$out"
refused "apply while barred" BARRED certification CertificationService/Apply "{$(head_of "$(uuid)"),\"category\":\"childcare\",\"applied_on\":\"2026-07-01\"}"

history=$("$puhui" "${servers[@]}" replay --provider "$provider")
count=$(printf '%s\n' "$history" | wc -l)
[ "$count" = 12 ] || fail "expected 12 commits of $provider, got $count"
revisions=$(printf '%s\n' "$history" | sed 's/.*"revision":\([0-9]*\).*/\1/' | tr '\n' ' ')
[ "$revisions" = "1 2 3 4 5 6 7 8 9 10 11 12 " ] || fail "revisions have a gap: $revisions"
checks=$((checks + 2))
echo "scenario: passed, $checks checks, provider $provider"
