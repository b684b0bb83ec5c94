package dev.ragops.operator.rollout.judge;

/** Says what the evidence shows. May be asked after every interval: how often it looks must not raise false alarms. */
public interface Judge {
    Assessment assess(Case it);
}
