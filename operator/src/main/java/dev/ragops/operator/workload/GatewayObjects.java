package dev.ragops.operator.workload;

import static dev.ragops.operator.workload.Pods.env;
import static dev.ragops.operator.workload.Pods.readOnly;

import dev.ragops.api.v1alpha1.GatewaySpec;
import dev.ragops.operator.route.RouteFile;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Builds what clients talk to: the gateway of a RagModel, its address, and what it may do. */
public final class GatewayObjects {
    private static final int USER_PORT = 8080;
    private static final int ADMIN_PORT = 9090;
    private static final String ROUTE = "/etc/ragops/route";
    private static final String KEYS = "/var/run/ragops/keys";

    private final Names names;
    private final GatewaySpec gateway;
    private final Defaults defaults;

    public GatewayObjects(Names names, Optional<GatewaySpec> gateway, Defaults defaults) {
        this.names = names;
        this.gateway = gateway.orElse(new GatewaySpec(null, null, null, null, null, null, null));
        this.defaults = defaults;
    }

    /** What no cache shows; Deployment and Service have rules of their own. */
    public List<HasMetadata> all() {
        return List.of(
                Pods.account(names, names.gateway(), Names.GATEWAY),
                role(),
                roleBinding(),
                disruptionBudget(),
                policy());
    }

    private Role role() {
        return new RoleBuilder()
                .withMetadata(names.metadata(names.gateway(), Names.GATEWAY))
                .withRules(
                        new PolicyRuleBuilder()
                                .withApiGroups("")
                                .withResources("configmaps")
                                .withResourceNames(names.route())
                                .withVerbs("get", "list", "watch")
                                .build(),
                        new PolicyRuleBuilder()
                                .withApiGroups("discovery.k8s.io")
                                .withResources("endpointslices")
                                .withVerbs("get", "list", "watch")
                                .build())
                .build();
    }

    private RoleBinding roleBinding() {
        return new RoleBindingBuilder()
                .withMetadata(names.metadata(names.gateway(), Names.GATEWAY))
                .withNewRoleRef("rbac.authorization.k8s.io", "Role", names.gateway())
                .addNewSubject("", "ServiceAccount", names.gateway(), names.namespace())
                .build();
    }

    public Service service() {
        return new ServiceBuilder()
                .withMetadata(names.metadata(names.model(), Names.GATEWAY))
                .withNewSpec()
                .withSelector(Names.selector(Names.GATEWAY, names.model()))
                .addNewPort()
                .withName("http")
                .withPort(80)
                .withTargetPort(new IntOrString("http"))
                .endPort()
                .endSpec()
                .build();
    }

    public Deployment deployment() {
        Map<String, String> annotations = new TreeMap<>();
        annotations.put("prometheus.io/scrape", "true");
        annotations.put("prometheus.io/port", Integer.toString(ADMIN_PORT));
        return new DeploymentBuilder()
                .withMetadata(names.metadata(names.gateway(), Names.GATEWAY))
                .withNewSpec()
                .withReplicas(Optional.ofNullable(gateway.replicas()).orElse(2))
                .withStrategy(Pods.oneByOne())
                .withNewSelector()
                .withMatchLabels(Names.selector(Names.GATEWAY, names.model()))
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(names.labels(Names.GATEWAY))
                .withAnnotations(annotations)
                .endMetadata()
                .withNewSpec()
                .withServiceAccountName(names.gateway())
                .withAutomountServiceAccountToken(true)
                .withEnableServiceLinks(false)
                .withTerminationGracePeriodSeconds(40L)
                .withSecurityContext(Pods.podSecurity())
                .withVolumes(
                        Pods.scratch("tmp", "64Mi"),
                        Pods.config("route", names.route(), RouteFile.ROUTE_KEY),
                        Pods.secret("keys", names.keys(), false, List.of("runtime-token", "evidence-key")))
                .withContainers(new ContainerBuilder()
                        .withName("gateway")
                        .withImage(Optional.ofNullable(gateway.image()).orElse(defaults.gatewayImage()))
                        .withImagePullPolicy(defaults.pullPolicy())
                        .withEnv(
                                env("RAGOPS_ROUTE_FILE", ROUTE + "/" + RouteFile.ROUTE_KEY),
                                env("RAGOPS_NAMESPACE", names.namespace()),
                                env("RAGOPS_MODEL", names.model()),
                                env("RAGOPS_RUNTIME_TOKEN_FILE", KEYS + "/runtime-token"),
                                env("RAGOPS_EVIDENCE_KEY_FILE", KEYS + "/evidence-key"),
                                Pods.envFromField("RAGOPS_POD", "metadata.name"))
                        .addNewPort()
                        .withName("http")
                        .withContainerPort(USER_PORT)
                        .endPort()
                        .addNewPort()
                        .withName("admin")
                        .withContainerPort(ADMIN_PORT)
                        .endPort()
                        .withResources(Optional.ofNullable(gateway.resources()).orElse(Defaults.GATEWAY_RESOURCES))
                        .withSecurityContext(Pods.security())
                        .withLifecycle(Pods.lifecycle())
                        .withStartupProbe(Pods.probe("/health/live", ADMIN_PORT, 1, 60))
                        .withReadinessProbe(Pods.probe("/health/ready", ADMIN_PORT, 1, 3))
                        .withLivenessProbe(Pods.probe("/health/live", ADMIN_PORT, 10, 6))
                        .withVolumeMounts(Pods.mount("tmp", "/tmp"), readOnly("route", ROUTE), readOnly("keys", KEYS))
                        .build())
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    private PodDisruptionBudget disruptionBudget() {
        return new PodDisruptionBudgetBuilder()
                .withMetadata(names.metadata(names.gateway(), Names.GATEWAY))
                .withNewSpec()
                .withMaxUnavailable(new IntOrString(1))
                .withNewSelector()
                .withMatchLabels(Names.selector(Names.GATEWAY, names.model()))
                .endSelector()
                .endSpec()
                .build();
    }

    /** Anybody may ask; the admin port is guarded by a signed token. */
    private NetworkPolicy policy() {
        return new NetworkPolicyBuilder()
                .withMetadata(names.metadata(names.gateway(), Names.GATEWAY))
                .withNewSpec()
                .withNewPodSelector()
                .withMatchLabels(Names.selector(Names.GATEWAY, names.model()))
                .endPodSelector()
                .withPolicyTypes("Ingress")
                .addNewIngress()
                .addNewPort()
                .withPort(new IntOrString(USER_PORT))
                .endPort()
                .addNewPort()
                .withPort(new IntOrString(ADMIN_PORT))
                .endPort()
                .endIngress()
                .endSpec()
                .build();
    }
}
