"""Every limit of a network file, in one place, each with its reason."""

from typing import Final

ID_BYTES_MAX: Final = 64  # the contract's limit for ids, so that one key slot fits every id
POSTAL_CODE_BYTES_MAX: Final = 16  # the longest postal codes in use have 10 characters
NAME_BYTES_MAX: Final = 200  # names are shown in tables, never used as keys

NODES_MAX: Final = 4_095  # a plan gathers candidates over all nodes of a network
SERVICES_MAX: Final = 64  # one bit per carrier service in a candidate's mask
ZONES_MAX: Final = 4_096  # a lane table has one row per destination zone
LANE_SERVICES_MAX: Final = 4  # services of one level that compete on a lane: one cache line of the lane table
CHANNELS_MAX: Final = 64  # ring-fences are kept per channel
CALENDARS_MAX: Final = 1_024  # each is a table of days
POLICIES_MAX: Final = 64  # each has weighted costs for every node
POSTAL_CODES_MAX: Final = 200_000  # several times the largest country's list
SKUS_MAX: Final = 2_000_000  # twice the largest catalogue the engine is sized for
TIERS_MAX: Final = 64  # the tier of a weight is found by a branch-free scan
ROWS_MAX: Final = 8_000_000  # rows of one table
LANE_CELLS_MAX: Final = 64_000_000  # zones x nodes x services: 384 MB of lane tables
DISTANCE_CELLS_MAX: Final = 100_000_000  # postal codes x nodes: 400 MB of distances
PICKUPS_PER_DAY_MAX: Final = 96  # hand-overs of one node and carrier service a day: one each quarter of an hour

MONEY_MICROS_MAX: Final = 2**50 - 1  # one objective of one shipment; totals of a plan stay below 2**61
WEIGHT_MAX: Final = 2**20  # a policy weight, in 1/1024
ITEM_WEIGHT_G_MAX: Final = 10_000_000  # ten tonnes: 1,000 lines x 2**31 units still fit an int64
SHIPMENT_WEIGHT_G_MAX: Final = 1_000_000_000_000  # beyond any carrier
QUANTITY_MAX: Final = 2**31 - 1  # quantities are int32
STOCK_MAX: Final = 1_000_000_000  # units of one position or one day of a node: sums of several stay within an int32
TRANSIT_DAYS_MAX: Final = 60  # delivery tables reach this far beyond the horizon
PICK_LEAD_MINUTES_MAX: Final = 14 * 24 * 60  # two weeks of open time
CUTOFF_MINUTES_MAX: Final = 7 * 24 * 60  # minutes a shipment must be ready before its pickup
HORIZON_DAYS_MAX: Final = 500  # hand-over tables grow with it, and capacity is counted in a ring of 512 days
TTL_S_MAX: Final = 30 * 24 * 3600  # a hold or a quote lives thirty days at most

FILE_BYTES_MAX: Final = 512 * 2**20  # one file after decompression, read from a folder
UPLOAD_BYTES_MAX: Final = 128 * 2**20  # all files of one upload together, after decompression
PROBLEMS_MAX: Final = 1_000  # problems kept; more are only counted, a wrong column would fill the memory
