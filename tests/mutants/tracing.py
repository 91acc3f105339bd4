"""What a trace holds together, and what it must not tell (OPS-6, INV-15)."""

from tests.mutants.mutant import FLOW, Mutant, patched

MUTANTS: tuple[Mutant, ...] = (
    patched(
        15,
        "span.py",
        "return value if shape.fullmatch(str(value)) else WITHHELD",
        "return value",
        "tests/test_span.py::test_INV_15_nothing_leaves_that_has_not_the_shape_of_an_id_a_count_or_a_code",
    ),
    patched(
        15,
        "span.py",
        "return name if _NAME.fullmatch(name) else WITHHELD",
        "return name",
        "tests/test_span.py::test_INV_15_nothing_leaves_that_has_not_the_shape_of_an_id_a_count_or_a_code",
    ),
    patched(
        15,
        "connectors/http.py",
        "endpoint.url, asked.template, asked.name",
        "endpoint.url, path, asked.name",
        "tests/connectors/test_span.py::test_OPS_6_look_ups_actions_and_questions_carry_the_trace",
    ),
    patched(
        "OPS-6",
        "connectors/http.py",
        "headers |= span.headers() if system.traced else {}",
        "headers |= span.headers()",
        "tests/connectors/test_span.py::test_OPS_6_a_system_that_the_policy_keeps_out_is_told_of_no_trace",
    ),
    patched(
        "OPS-6",
        "store/ending.py",
        "span.traceparent(),",
        "None,",
        f"{FLOW}/test_span.py::test_OPS_6_what_a_job_asks_for_is_a_part_of_it",
    ),
    patched(
        "OPS-6",
        "store/audit.py",
        'data["trace_id"] = trace',
        "pass",
        f"{FLOW}/test_span.py::test_OPS_6_what_a_job_asks_for_is_a_part_of_it",
    ),
    patched(
        "OPS-6",
        "worker/loop.py",
        "soon = job.waited < _ONE_TRACE_SECONDS",
        "soon = True",
        f"{FLOW}/test_span.py::test_OPS_6_what_is_done_much_later_is_a_trace_of_its_own_that_names_the_other",
    ),
    patched(
        "OPS-6",
        "web/hooks.py",
        ' if path.startswith("/api/") else ""',
        "",
        "tests/web/test_hooks.py::test_OPS_6_programs_say_of_which_trace_they_are_and_browsers_do_not",
    ),
    patched(
        "OPS-6",
        "bootstrap/otel.py",
        "if self._waiting < self._most:",
        "if True:",
        "tests/bootstrap/test_collector.py::test_OPS_6_what_waits_is_bounded_and_nobody_waits_for_the_collector",
    ),
)
