"""Every limit of a policy document, in one place, each with its reason."""

from typing import Final

from fastdom.network import limits as network_limits

MONEY_MICROS_MAX: Final = network_limits.MONEY_MICROS_MAX  # one amount: a shipment's raw cost stays within 2**50
RAW_MICROS_MAX: Final = 2**50  # raw and weighted costs of one shipment saturate here
WEIGHT_MILLI_MAX: Final = 1_024_000  # a weight of 1,024: 2**20 steps of 1/1024
WEIGHT_STEPS_MAX: Final = network_limits.WEIGHT_MAX

DOCUMENT_BYTES_MAX: Final = 256 * 1024  # a document is read by people; 4,095 excluded nodes still fit
DEPTH_MAX: Final = 16  # the format itself nests five levels
DESCRIPTION_BYTES_MAX: Final = 1_000  # a paragraph
HINTS_MAX: Final = 50  # problems with a guess at what was meant; comparing names is slow
NAMES_MAX: Final = 4_096  # entries of one list: as many as a network has nodes
RULES_MAX: Final = 256  # service areas of one policy; each is compiled to a bit per node and zone
LEVELS_MAX: Final = 4  # levels of a lexicographic order: a kernel's cost has 1 to 4 components

SHIPMENTS_MAX: Final = 1_000  # of one plan: never more than the lines of an order
UNITS_MAX: Final = network_limits.QUANTITY_MAX  # quantities are int32
DISTANCE_KM_MAX: Final = 20_040  # half way around the Earth
HOURS_MAX: Final = 365 * 24  # an arrival is asked for within a year
WEEKS_MAX: Final = 520  # ten years of sales
CARBON_MG_PER_KM_MAX: Final = 10_000_000  # ten kilograms a kilometre: a whole aircraft, not a parcel's share
EFFORT_MAX: Final = 1_000_000  # evaluations of one search; about 2 ms under the engine lock
REROUTE_ATTEMPTS_MAX: Final = 100  # each attempt is a routing decision
EXCLUDE_MINUTES_MAX: Final = 30 * 24 * 60  # a node that fails for a month is taken out by its status

POLICIES_MAX: Final = network_limits.POLICIES_MAX  # names of one registry: each has compiled tables by node
VERSIONS_MAX: Final = 10_000  # versions of one registry over all names: archived ones are kept for explanations
