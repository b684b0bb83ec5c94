package dev.ragops.e2e.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The closing table of a run; its last line and its exit code follow from the claims alone. */
public record Claims(List<Claim> all) {

    public Claims {
        all = List.copyOf(all);
    }

    public long failed() {
        return all.stream().filter(claim -> !claim.holds()).count();
    }

    public int exitCode() {
        return failed() == 0 && !all.isEmpty() ? 0 : 1;
    }

    /** The table, without the last line. */
    public String table() {
        int what = width(all.stream().map(Claim::what).toList(), "claim");
        int measured = width(all.stream().map(Claim::measured).toList(), "measured");
        int asked = width(all.stream().map(Claim::asked).toList(), "asked");
        String format = "  %-" + what + "s  %-" + measured + "s  %-" + asked + "s  %s%n";
        String rows = all.stream()
                .map(claim -> String.format(
                        Locale.ROOT,
                        format,
                        claim.what(),
                        claim.measured(),
                        claim.asked(),
                        claim.holds() ? "PASS" : "FAIL"))
                .collect(Collectors.joining());
        String rule = "  " + "-".repeat(what + measured + asked + 10) + System.lineSeparator();
        return String.format(Locale.ROOT, format, "claim", "measured", "asked", "") + rule + rows;
    }

    /** {@code demo: 11 passed, 0 failed}. */
    public String lastLine(String name) {
        return "%s: %d passed, %d failed".formatted(name, all.size() - failed(), failed());
    }

    private static int width(List<String> texts, String heading) {
        return Math.max(
                heading.length(), texts.stream().mapToInt(String::length).max().orElse(0));
    }
}
