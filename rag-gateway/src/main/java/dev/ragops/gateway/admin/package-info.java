/** The second port: health, metrics, and for the operator the route in force and its evidence. */
@NullMarked
package dev.ragops.gateway.admin;

import org.jspecify.annotations.NullMarked;
