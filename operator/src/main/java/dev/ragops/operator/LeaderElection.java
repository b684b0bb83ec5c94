package dev.ragops.operator;

import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import java.time.Duration;

/** One decider at a time: the others wait for its lease, and a process that lost it ends. */
@ApplicationScoped
class LeaderElection {
    private static final Duration LEASE = Duration.ofSeconds(15);
    private static final Duration RENEW = Duration.ofSeconds(10);
    private static final Duration RETRY = Duration.ofSeconds(2);

    @Produces
    @ApplicationScoped
    LeaderElectionConfiguration configuration() {
        return new LeaderElectionConfiguration(
                Claim.fromEnvironment(System.getenv()).controllerName() + "-operator",
                System.getenv("POD_NAMESPACE"),
                LEASE,
                RENEW,
                RETRY,
                System.getenv("POD_NAME"),
                null,
                true);
    }
}
