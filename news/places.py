"""Place names that stand in datelines and before 报道: Chinese prefectures, Taiwan, capitals.

Public facts, written down from the list of prefecture-level divisions and from the datelines
that news agencies use; simplified characters. A missing place only matters where its first
character is also a surname.
"""

from news.text import words

PROVINCES = words(
    "北京 天津 上海 重庆 河北 山西 内蒙古 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 "
    "湖北 湖南 广东 广西 海南 四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆 香港 澳门 台湾 全国 "
    "国内 海外 境外 两岸"
)
_PREFECTURES = words(
    "石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水 雄安 太原 大同 阳泉 长治 晋城 "
    "朔州 晋中 运城 忻州 临汾 吕梁 呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 "
    "乌兰察布 兴安盟 锡林郭勒 阿拉善 沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 "
    "铁岭 朝阳 葫芦岛 长春 四平 辽源 通化 白山 松原 白城 延边 哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 "
    "大庆 伊春 佳木斯 七台河 牡丹江 黑河 绥化 大兴安岭 南京 无锡 徐州 常州 苏州 南通 连云港 "
    "淮安 盐城 扬州 镇江 泰州 宿迁 杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水 合肥 "
    "芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城 福州 厦门 "
    "莆田 三明 泉州 漳州 南平 龙岩 宁德 南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安 宜春 抚州 "
    "上饶 济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 临沂 德州 聊城 滨州 菏泽 郑州 "
    "开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店 济源 "
    "武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施 长沙 株洲 湘潭 衡阳 邵阳 "
    "岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 湘西 广州 韶关 深圳 珠海 汕头 佛山 江门 湛江 "
    "茂名 肇庆 惠州 梅州 汕尾 河源 阳江 清远 东莞 中山 潮州 揭阳 云浮 南宁 柳州 桂林 梧州 北海 "
    "防城港 钦州 贵港 玉林 百色 贺州 河池 来宾 崇左 海口 三亚 三沙 儋州 琼海 文昌 万宁 成都 "
    "自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳 "
    "阿坝 甘孜 凉山 贵阳 六盘水 遵义 安顺 毕节 铜仁 黔西南 黔东南 黔南 昆明 曲靖 玉溪 保山 昭通 "
    "丽江 普洱 临沧 楚雄 红河 文山 西双版纳 大理 德宏 怒江 迪庆 拉萨 日喀则 昌都 林芝 山南 那曲 "
    "阿里 西安 铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 安康 商洛 兰州 嘉峪关 金昌 白银 天水 武威 "
    "张掖 平凉 酒泉 庆阳 定西 陇南 临夏 甘南 西宁 海东 海北 黄南 果洛 玉树 海西 银川 石嘴山 "
    "吴忠 固原 中卫 乌鲁木齐 克拉玛依 吐鲁番 哈密 昌吉 博尔塔拉 巴音郭楞 阿克苏 克孜勒苏 喀什 "
    "和田 伊犁 塔城 阿勒泰 石河子 义乌 安吉 余姚 慈溪 海宁 桐乡 平湖 嘉善 海盐 萧山 余杭 昆山 "
    "江阴 张家港 常熟 晋江 石狮 浦东 中关村 滨海新区"
)
_TAIWAN = words(
    "台北 新北 桃园 台中 台南 高雄 基隆 新竹 嘉义 苗栗 彰化 南投 云林 屏东 宜兰 花莲 台东 澎湖 "
    "金门 马祖 连江 综合"
)
# Towns from which Taiwan's papers report; many begin as names do.
_TAIWAN_TOWNS = words(
    "罗东 苏澳 头城 礁溪 冬山 五结 板桥 中和 永和 新庄 新店 芦洲 莺歌 淡水 汐止 "
    "瑞芳 林口 泰山 五股 八里 金山 万里 贡寮 乌来 深坑 中坜 杨梅 大溪 大园 芦竹 竹北 竹东 湖口 "
    "头份 竹南 苑里 通霄 后龙 丰原 大甲 沙鹿 梧栖 潭子 雾峰 乌日 员林 鹿港 "
    "溪湖 埔里 草屯 竹山 集集 斗六 斗南 虎尾 西螺 北港 朴子 民雄 新营 麻豆 佳里 善化 "
    "凤山 冈山 旗山 美浓 左营 楠梓 潮州 恒春 琉球 车城 玉里 瑞穗 "
    "关山 池上 绿岛 兰屿 马公"
)
_ABROAD = words(
    "东京 大阪 首尔 平壤 曼谷 河内 新加坡 吉隆坡 雅加达 马尼拉 金边 万象 仰光 新德里 孟买 "
    "伊斯兰堡 卡拉奇 喀布尔 德黑兰 巴格达 大马士革 贝鲁特 安曼 耶路撒冷 特拉维夫 加沙 利雅得 "
    "迪拜 阿布扎比 多哈 科威特城 安卡拉 伊斯坦布尔 莫斯科 圣彼得堡 基辅 明斯克 华沙 布拉格 "
    "布达佩斯 维也纳 柏林 法兰克福 慕尼黑 巴黎 伦敦 布鲁塞尔 海牙 日内瓦 伯尔尼 罗马 米兰 "
    "马德里 里斯本 雅典 斯德哥尔摩 奥斯陆 哥本哈根 赫尔辛基 都柏林 贝尔格莱德 索非亚 布加勒斯特 "
    "开罗 的黎波里 阿尔及尔 突尼斯 拉巴特 喀土穆 亚的斯亚贝巴 内罗毕 约翰内斯堡 比勒陀利亚 "
    "开普敦 拉各斯 阿布贾 达喀尔 哈拉雷 卢萨卡 华盛顿 纽约 洛杉矶 旧金山 芝加哥 休斯敦 渥太华 "
    "多伦多 温哥华 墨西哥城 哈瓦那 巴西利亚 圣保罗 里约热内卢 布宜诺斯艾利斯 圣地亚哥 利马 "
    "波哥大 加拉加斯 堪培拉 悉尼 墨尔本 惠灵顿 奥克兰 联合国 阿拉木图 阿斯塔纳 塔什干 比什凯克 "
    "乌兰巴托 科伦坡 达卡 加德满都"
)
PLACES = frozenset(PROVINCES + _PREFECTURES + _TAIWAN + _TAIWAN_TOWNS + _ABROAD)
PLACE_ENDINGS = ("省", "市", "县", "区", "州", "盟", "旗", "镇")


def is_place(text: str) -> bool:
    """Say whether a folded text names a place: listed, or with an administrative ending."""
    return text in PLACES or (2 < len(text) <= 8 and text.endswith(PLACE_ENDINGS))


def split_trailing_place(text: str) -> tuple[str, str]:
    """Split `王小明台北` into what stands before a listed place at its end, and the place.

    A place may stand within another one: `王小明台湾台北`.
    """
    for length in range(min(len(text), 8), 1, -1):
        if text[-length:] in PLACES:
            before, outer = split_trailing_place(text[:-length])
            return (before, outer + text[-length:]) if before else (text[:-length], text[-length:])
    if text.endswith(PLACE_ENDINGS):
        before, place = split_trailing_place(text[:-1])
        return (before, place + text[-1]) if place else (text, "")
    return text, ""
