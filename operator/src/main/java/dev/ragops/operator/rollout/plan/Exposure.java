package dev.ragops.operator.rollout.plan;

import java.util.List;

/** Who meets the candidate at one step: what is dealt by share, and who asks for it by header. */
public record Exposure(Kind kind, List<HeaderMatch> matches) {
    public static final Exposure NOBODY = new Exposure(new Nobody(), List.of());

    public Exposure {
        matches = List.copyOf(matches);
    }

    /** How the share meets the candidate. */
    public sealed interface Kind {}

    public record Nobody() implements Kind {}

    public record Mirrored(Share share) implements Kind {}

    public record Served(Share share) implements Kind {}

    /** The share of load that reaches the candidate's pods, mirrored or served. */
    public Share load() {
        return switch (kind) {
            case Nobody _ -> Share.NONE;
            case Mirrored(Share share) -> share;
            case Served(Share share) -> share;
        };
    }
}
