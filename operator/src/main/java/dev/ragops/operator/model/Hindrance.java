package dev.ragops.operator.model;

/**
 * What keeps a plan from being realised until a person does something.
 *
 * @param reason one word for the condition
 */
record Hindrance(String reason, String message) {}
