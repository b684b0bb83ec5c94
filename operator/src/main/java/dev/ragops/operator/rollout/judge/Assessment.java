package dev.ragops.operator.rollout.judge;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** All findings on one step at one moment. */
public record Assessment(List<Verdict> verdicts) {
    public Assessment {
        verdicts = List.copyOf(verdicts);
    }

    public static Assessment noData(String why) {
        return new Assessment(List.of(new Verdict("evidence", Ruling.NO_DATA, why, 0)));
    }

    /** The gravest finding; without any check there is nothing that could have passed. */
    public Ruling ruling() {
        return gravest().map(Verdict::ruling).orElse(Ruling.NO_DATA);
    }

    public Optional<Verdict> gravest() {
        return verdicts.stream().max(Comparator.comparing(Verdict::ruling));
    }

    /** The gravest finding in one line. */
    public String summary() {
        return gravest().map(v -> v.check() + ": " + v.detail()).orElse("no check is configured");
    }
}
