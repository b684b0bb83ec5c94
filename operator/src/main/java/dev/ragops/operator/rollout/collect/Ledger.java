package dev.ragops.operator.rollout.collect;

import dev.ragops.operator.rollout.evidence.Ejection;
import dev.ragops.operator.rollout.evidence.Evidence;
import dev.ragops.operator.rollout.evidence.Pairs;
import dev.ragops.operator.rollout.evidence.Tally;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Sums cumulative counters of gateway processes that come and go. What a process had counted stays in the sum when it goes; that it went is a lost
 * interval, since nobody heard its last counts.
 *
 * @param base what is known from processes nobody can ask any more
 * @param last the latest counters of each process seen
 * @param discounted pairs that were compared while the tracks answered from different documents
 * @param present processes that answered last time
 * @param at when more than half of the gateways answered last
 */
record Ledger(
        long generation,
        Tally base,
        Map<String, Tally> last,
        TreeSet<String> present,
        Pairs discounted,
        long lostIntervals,
        Optional<Ejection> ejection,
        Optional<Instant> at) {

    static Ledger of(long generation) {
        return new Ledger(
                generation, Tally.NONE, Map.of(), new TreeSet<>(), Pairs.NONE, 0, Optional.empty(), Optional.empty());
    }

    /** @param seed an earlier operator's sum; counts only as far as the living processes do not have it themselves */
    Ledger with(List<GatewayAnswer> answers, Optional<Tally> seed, boolean held, Instant now) {
        Map<String, Tally> latest = new TreeMap<>(last);
        TreeSet<String> heard = new TreeSet<>();
        Optional<Ejection> ejected = ejection;
        long silent = 0;
        for (GatewayAnswer answer : answers) {
            switch (answer) {
                case GatewayAnswer.Counted counted -> {
                    Optional<Ejection> before = ejected;
                    latest.put(counted.process(), counted.tally());
                    heard.add(counted.process());
                    ejected = counted.ejection()
                            .filter(e -> e.generation() == generation)
                            .or(() -> before);
                }
                case GatewayAnswer.Unaware _ -> {}
                case GatewayAnswer.Unreachable _ -> silent++;
            }
        }
        boolean enough = !answers.isEmpty() && 2 * silent < answers.size();
        long gone = present.stream().filter(p -> !heard.contains(p)).count();
        boolean first = at.isEmpty() && last.isEmpty();
        Tally missing = first && enough
                ? seed.map(s -> s.minus(sum(Tally.NONE, latest))).orElse(base)
                : base;
        long seedLost = first && enough && missing.userTotal() + events(missing) > 0 ? 1 : 0;
        Pairs counted = sum(missing, latest).pairs();
        // What was compared while nobody of us looked cannot be told from what should not count.
        Pairs before =
                first ? seed.map(Tally::pairs).orElse(counted) : sum(base, last).pairs();
        Pairs unseen = held || (first && seed.isPresent()) ? counted.minus(before) : Pairs.NONE;
        return new Ledger(
                generation,
                missing,
                latest,
                enough ? heard : present,
                discounted.plus(unseen),
                lostIntervals + (enough ? gone : 0) + seedLost,
                ejected,
                enough ? Optional.of(now) : at);
    }

    Optional<Evidence> evidence() {
        return at.map(when -> new Evidence(generation, when, judged(), ejection, lostIntervals, present));
    }

    private Tally judged() {
        Tally all = sum(base, last);
        return new Tally(
                all.stable(),
                all.candidate(),
                all.control(),
                all.userTotal(),
                all.userErrors(),
                all.fallbacks(),
                all.unsticky(),
                all.pairs().minus(discounted));
    }

    private static long events(Tally tally) {
        return tally.stable().total()
                + tally.candidate().total()
                + tally.control().total();
    }

    private static Tally sum(Tally base, Map<String, Tally> all) {
        return all.values().stream().reduce(base, Tally::plus);
    }
}
