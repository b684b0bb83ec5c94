package dev.ragops.runtime.answer;

import java.time.Duration;

/** Hears how calls of the generator end, to count them. Nothing that was asked or said is told. */
public interface GeneratorListener {
    /** Told nothing. */
    GeneratorListener NONE = (outcome, took) -> {};

    void ended(Outcome outcome, Duration took);
}
