/** The hands of a scenario: kubectl, helm, the API server, gateways and the registry. Knows no story and decides nothing. */
@NullMarked
package dev.ragops.e2e.cluster;

import org.jspecify.annotations.NullMarked;
