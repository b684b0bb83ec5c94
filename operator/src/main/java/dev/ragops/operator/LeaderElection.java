package dev.ragops.operator;

import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import java.time.Duration;
import java.util.Optional;

/** One decider at a time: the others wait for its lease, and a process that lost it ends. */
@ApplicationScoped
class LeaderElection {
    private static final Duration LEASE = Duration.ofSeconds(15);
    private static final Duration RENEW = Duration.ofSeconds(10);
    private static final Duration RETRY = Duration.ofSeconds(2);

    @Produces
    @ApplicationScoped
    LeaderElectionConfiguration configuration() {
        String name =
                Optional.ofNullable(System.getenv("RAGOPS_CONTROLLER_NAME")).orElse("ragops");
        return new LeaderElectionConfiguration(
                name + "-operator",
                System.getenv("POD_NAMESPACE"),
                LEASE,
                RENEW,
                RETRY,
                System.getenv("POD_NAME"),
                null,
                true);
    }
}
