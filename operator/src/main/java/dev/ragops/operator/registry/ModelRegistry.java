package dev.ragops.operator.registry;

/** Where versions of models are registered. Calls block, and end within a bounded time. */
public interface ModelRegistry {
    Resolution resolve(Question question);
}
